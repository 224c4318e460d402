// A figure's type and lines for who sits far away (in a lecture), and for a phone. Pure: what the server draws is for a
// desk.
const LECTURE = { type: 1.42, least: 18, thin: 1.6, thick: 4, margin: 1.32 };
const PHONE = { type: 0.88, least: 10.5, thin: 1, thick: 0, margin: 0.84 };
const THICK = 2; // px of a curve on a desk; what is thinner is a guide

// null: as it is
export function scaleOf({ looks: { ui }, narrow }) {
  if (narrow) return PHONE;
  return ui === "lecture" ? LECTURE : null;
}

export const lineWidth = (width, scale) =>
  (scale && width ? Math.max(width * scale.thin, width >= THICK ? scale.thick : 0) : width);

// the figure itself, changed
export function scaled(figure, scale) {
  if (scale) {
    walk(figure, scale);
    for (const side of Object.keys(figure.layout.margin || {})) figure.layout.margin[side] *= scale.margin;
  }
  return figure;
}

function walk(object, scale) {
  for (const [key, value] of Object.entries(object)) {
    if (Array.isArray(value)) value.forEach((one) => { if (one && typeof one === "object") walk(one, scale); });
    else if (key === "xshift" || key === "yshift") object[key] = value * scale.type;
    else if (value && typeof value === "object") {
      if (key.endsWith("font") && value.size) value.size = Math.max(value.size * scale.type, scale.least);
      if (key === "line" && value.width) value.width = lineWidth(value.width, scale);
      if (key === "marker" && typeof value.size === "number") value.size *= scale.type;
      walk(value, scale);
    }
  }
}
