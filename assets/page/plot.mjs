// The pictures: the only module that names what is plotly's own (window.Plotly, .js-plotly-plot, _fullLayout and its
// axes with _offset, _length, d2p, p2d) and how dcc.Graph shows a picture (its property `figure`, its class
// dash-graph--pending).
import { inOurForm } from "./format.mjs";
import { setProps } from "./server.mjs";
import { begin, end } from "./work.mjs";

const SPACING = 4; // px along a curve that words keep clear of
const adopted = new Set(); // names of the cards whose plot is there
const wanted = new Map(); // by name: resolve the promises of pictures that wait for dcc.Graph
const listeners = []; // told after every new picture: (name, plot)
const clicked = []; // told of clicks on a picture: (name, plot, the clicked point)

export const plotOf = (name) => document.querySelector(`#${name}-graph .js-plotly-plot`);

export const plotBeside = (element) => element.closest(".picture").querySelector(".js-plotly-plot");

export const onDrawn = (tell) => listeners.push(tell);

export const onClicked = (tell) => clicked.push(tell);

// Resolves when the picture stands. The first is handed to dcc.Graph, which still fetches plotly.js and would draw an
// empty one first; all others to plotly.js directly, since by way of Dash's property each costs another 10 ms. The
// plot keeps dcc.Graph's configuration: given anew it is compared, and the page laid out for it, at every picture.
export function draw(name, figure) {
  if (adopted.has(name)) return window.Plotly.react(plotOf(name), figure.data, figure.layout);
  setProps(`${name}-graph`, { figure });
  return new Promise((resolve) => {
    const isFirst = !wanted.has(name);
    if (isFirst) wanted.set(name, []);
    wanted.get(name).push(resolve);
    if (isFirst) adopt(name); // which ends the waiting at once if there is a picture
  });
}

function adopt(name) {
  const gd = plotOf(name);
  const isDrawn = gd && gd._fullLayout && gd.data.length > 0 && !gd.classList.contains("dash-graph--pending");
  if (!isDrawn) {
    requestAnimationFrame(() => adopt(name)); // dcc.Graph tells nobody when it has drawn
    return;
  }
  adopted.add(name);
  // dcc.Graph hears of every relayout and draws its own, older property again; and of every hover, for nobody
  gd.removeAllListeners();
  const tell = () => listeners.forEach((listener) => listener(name, gd));
  gd.on("plotly_afterplot", tell);
  gd.on("plotly_hover", () => rewrite(gd));
  gd.on("plotly_click", ({ points }) => clicked.forEach((listener) => listener(name, gd, points[0])));
  new ResizeObserver(([{ contentRect }]) => fit(name, gd, contentRect)).observe(gd);
  tell();
  for (const resolve of wanted.get(name)) resolve();
  wanted.delete(name);
}

// plotly writes the numbers beside the pointer in forms of its own; they are told when their labels stand
function rewrite(gd) {
  const texts = document.createTreeWalker(gd.querySelector(".hoverlayer"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data } = texts.currentNode;
    const ours = inOurForm(data);
    if (ours !== data) texts.currentNode.data = ours;
  }
}

// words around a picture change its size; plotly.js waits a while before it follows, and joins dcc.Graph's wish to ours
function fit(name, gd, { width, height }) {
  const { width: oldWidth, height: oldHeight } = gd._fullLayout;
  if (!width || !height || (Math.abs(width - oldWidth) < 1 && Math.abs(height - oldHeight) < 1)) return;
  begin(`size of ${name}`);
  window.Plotly.Plots.resize(gd).catch(() => {}).then(() => end(`size of ${name}`)); // hidden by now
}

// a picture takes this size, at once; null: that of its place
export function resize(gd, size) {
  if (!gd.layout) return;
  if (size) relayout(gd, { ...size, autosize: false });
  else relayout(gd, { width: null, height: null, autosize: true });
}

// changes of the layout that need no new picture
export function relayout(gd, update) {
  if (Object.keys(update).length) window.Plotly.relayout(gd, update);
}

// the same picture with other traces or words
export const redraw = (gd, { data, layout }) => window.Plotly.react(gd, data, layout);

// An image of a figure of its own, drawn out of sight; `arrange` is told where its words and curves are, in pixels, and
// answers with their shifts.
export async function imageOf({ data, layout }, { format, width, height, density }, arrange) {
  const gd = Object.assign(document.createElement("div"), { className: "unseen" });
  document.body.append(gd);
  try {
    await window.Plotly.newPlot(gd, data, { ...layout, width, height, autosize: false }, { staticPlot: true });
    turnWords("", gd);
    relayout(gd, shifted(gd, arrange));
    return await window.Plotly.toImage(gd, { format, width, height, scale: format === "png" ? density : 1 });
  } finally {
    window.Plotly.purge(gd);
    gd.remove();
  }
}

function shifted(gd, arrange) {
  const { annotations } = gd._fullLayout;
  const frame = frameOf(gd);
  const box = gd.getBoundingClientRect();
  const groups = [...gd.querySelectorAll(".annotation")].filter((group) => group.querySelector("rect.bg")); // seen
  const boxes = groups.map((group) => {
    const said = annotations[Number(group.dataset.index)];
    const text = group.querySelector("rect.bg");
    const { left, top, width, height } = text.getBoundingClientRect();
    return {
      index: Number(group.dataset.index), x: left + width / 2 - box.left, y: top + height / 2 - box.top,
      width: text.width.baseVal.value, height: text.height.baseVal.value, angle: said.textangle,
      fixed: said.showarrow || said.name === "head",
    };
  });
  const inner = {
    left: frame.left, right: frame.left + frame.width, top: frame.top, bottom: frame.top + frame.height,
  };
  const update = {};
  arrange(boxes, inner, pointsOf(gd)).forEach(([dx, dy], k) => {
    const { index } = boxes[k];
    if (dx) update[`annotations[${index}].xshift`] = annotations[index].xshift + dx;
    if (dy) update[`annotations[${index}].yshift`] = annotations[index].yshift - dy;
  });
  return update;
}

// points of all curves and guides, a few pixels apart
function pointsOf(gd) {
  const points = [];
  for (const path of gd.querySelectorAll(".scatterlayer .js-line, .shapelayer path")) {
    if (path.style.strokeWidth === "0px") continue;
    const { x, y } = path.ownerSVGElement.getBoundingClientRect();
    const to = path.getScreenCTM();
    const length = path.getTotalLength();
    for (let at = 0; at < length; at += SPACING) {
      const point = path.getPointAtLength(at).matrixTransform(to);
      points.push([point.x - x, point.y - y]);
    }
  }
  return points;
}

// The inner rectangle of a picture, in pixels of its own element, and the way between them and its numbers; null while
// there is none.
export function frameOf(gd) {
  const { xaxis, yaxis, width } = (gd && gd._fullLayout) || {};
  if (!xaxis || !xaxis._length) return null;
  return {
    left: xaxis._offset,
    right: width - xaxis._offset - xaxis._length,
    top: yaxis._offset,
    width: xaxis._length,
    height: yaxis._length,
    toPixels: (x, y) => [xaxis.d2p(x), yaxis.d2p(y)],
    toNumbers: (x, y) => [xaxis.p2d(x), yaxis.p2d(y)],
    span: [Math.abs(xaxis.range[1] - xaxis.range[0]), Math.abs(yaxis.range[1] - yaxis.range[0])],
  };
}

// words along a line are turned to the line's slope on the screen; the figure says its tangents
export function turnWords(name, gd) {
  const tangents = gd.layout.meta && gd.layout.meta.tangents;
  const frame = tangents && frameOf(gd);
  if (!frame) return;
  const scale = (frame.height / frame.span[1]) / (frame.width / frame.span[0]);
  const update = {};
  tangents.forEach((tangent, i) => {
    if (!tangent || !gd.layout.annotations[i]) return;
    const angle = (-Math.atan2(tangent[1] * scale, tangent[0]) * 180) / Math.PI;
    const old = gd.layout.annotations[i].textangle || 0;
    if (Math.abs(angle - old) > 0.5) update[`annotations[${i}].textangle`] = angle;
  });
  relayout(gd, update);
}
