// A figure as it goes into a paper: on white, of a column's width, its type in points, with the parameters over it and
// the operating point marked. Pure: what the server draws for a light page in, a figure out.
import { scaled } from "./scale.mjs";

const CM = 96 / 2.54; // px of the browser
const FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const SCALE = { type: 0.82, least: 9.3, thin: 0.6, thick: 0, margin: 0.86 }; // 13 px of the desk are 8 pt, none under 7
const HEAD = { type: { paper: 9.3, screen: 12 }, line: 1.3, wide: 0.52 }; // px; a line and a character in units of it
const EDGE = 17; // px at the right: half of the last number
const TICKS = 8; // numbers along an axis, at most
const INK = "#111111";
const GUIDE = "moment"; // of the page, not of the figure
const DPI = 600;

// by the name of a size: px of it, the scale of type and lines, px of the file for one of the figure
export function sheet(size, { width, height }) {
  const seen = { width: Math.round(width), height: Math.round(height) };
  if (size === "screen") return { ...seen, scale: null, density: 3, cm: null };
  const cm = Number(size);
  const across = Math.round(cm * CM);
  return { width: across, height: Math.round(across * (cm < 12 ? 0.72 : 0.52)), scale: SCALE, density: DPI / 96, cm };
}

// `line`: what is said over it, parts of which stand on one line if there is room; `at`: [Δp, 1/Δ₂]
export function onPaper({ data, layout }, { width, scale }, { line, at }) {
  const figure = scaled({ data, layout }, scale);
  const type = HEAD.type[scale ? "paper" : "screen"];
  const head = wrapped(line, (0.8 * width) / (HEAD.wide * type));
  const { margin } = layout;
  Object.assign(layout, {
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    font: { ...layout.font, family: FONT },
    shapes: (layout.shapes || []).filter(({ name }) => name !== GUIDE),
    margin: { ...margin, r: Math.max(margin.r, EDGE), t: Math.max(margin.t, 8) + head.length * HEAD.line * type },
  });
  for (const name of ["xaxis", "yaxis", "yaxis2"]) {
    const axis = layout[name];
    if (!axis) continue;
    Object.assign(axis, { ticks: "outside", ticklen: 3, tickcolor: INK, linecolor: INK, nticks: axis.nticks || TICKS });
    axis.title = { ...axis.title, font: { ...(axis.title || {}).font, size: layout.font.size } };
  }
  for (const { colorbar } of figure.data.filter((trace) => trace.colorbar)) {
    colorbar.title = { ...colorbar.title, font: { ...(colorbar.title || {}).font, size: layout.font.size } };
  }
  layout.annotations = [...(layout.annotations || []), {
    text: head.join("<br>"), showarrow: false, align: "left", name: "head", x: 0, xref: "paper", xanchor: "left",
    y: 1, yref: "paper", yanchor: "bottom", yshift: 3, font: { size: type, color: INK }, borderpad: 0,
  }];
  if (layout.meta && layout.meta.plane) data.push(marked(at, layout));
  return figure;
}

// the operating point; one beyond the figure stands at its edge
function marked(at, { xaxis, yaxis }) {
  const within = (value, [low, high]) => 10 ** Math.min(high, Math.max(low, Math.log10(value)));
  return {
    type: "scatter", mode: "markers", name: "operating point", cliponaxis: false,
    x: [within(at[0], xaxis.range)], y: [within(at[1], yaxis.range)],
    marker: { size: 9, color: "#ffffff", line: { color: INK, width: 2 } },
  };
}

// lines of at most so many characters; what stands between < and > takes no room
function wrapped(parts, most) {
  const lines = [];
  for (const part of parts) {
    const longer = lines.length ? `${lines.at(-1)}, ${part}` : part;
    if (lines.length && longer.replace(/<[^>]*>/g, "").length <= most) lines[lines.length - 1] = longer;
    else if (lines.length) {
      lines[lines.length - 1] += ",";
      lines.push(part);
    } else lines.push(part);
  }
  return lines;
}

// an SVG file whose size is in centimetres, as text
export function sized(svg, { width, height, cm }) {
  if (!cm) return svg;
  const tall = Math.round((1000 * cm * height) / width) / 1000;
  const head = svg.slice(0, svg.indexOf(">"))
    .replace(/ (width|height|viewBox)="[^"]*"/g, "");
  return `${head} width="${cm}cm" height="${tall}cm" viewBox="0 0 ${width} ${height}"${svg.slice(svg.indexOf(">"))}`;
}
