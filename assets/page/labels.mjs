// Where the words of a figure stand so that none is on another, out of the frame or, if it can be, on a curve. Pure:
// sizes in pixels in, shifts out. A label is a row of squares along its direction: turned ones count as they are.
const STEPS = [0, -1, 1, -2, 2, -3, 3]; // 0.7 heights of a line across the words
const SIDES = [0, -0.5, 0.5, -1, 1]; // lengths along them
const TURNED = { steps: [0], sides: [0, -0.5, 0.5, -1, 1, -1.5, 1.5] }; // these stay on the curve that they name
const COST = { label: 40, outside: 60, curve: 1.2, way: 0.012 };

const overlap = (a, b, x, y) =>
  Math.max(0, Math.min(a.right + x, b.right) - Math.max(a.left + x, b.left)) *
  Math.max(0, Math.min(a.bottom + y, b.bottom) - Math.max(a.top + y, b.top));

// squares along the text; angle in degrees, clockwise
function pieces({ x, y, width, height, angle }) {
  const n = Math.max(1, Math.round(width / height));
  const [dx, dy] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const [w, h] = [width / n, height];
  return Array.from({ length: n }, (_, k) => {
    const along = (k + 0.5) * w - width / 2;
    const [cx, cy] = [x + along * dx, y + along * dy];
    const reach = [(w * Math.abs(dx) + h * Math.abs(dy)) / 2, (w * Math.abs(dy) + h * Math.abs(dx)) / 2];
    return { left: cx - reach[0], right: cx + reach[0], top: cy - reach[1], bottom: cy + reach[1] };
  });
}

const areaOf = ({ left, right, top, bottom }) => (right - left) * (bottom - top);

function outside(piece, frame, x, y) {
  return 1 - overlap(piece, frame, x, y) / areaOf(piece);
}

// Shifts [dx, dy] of all labels. `labels`: {x, y: middle, width, height, angle, fixed}; what is fixed stays. `frame`:
// {left, right, top, bottom}; `curves`: points [x, y], a few pixels apart.
export function arrange(labels, frame, curves) {
  const placed = labels.flatMap((label) => (label.fixed ? pieces(label) : []));
  return labels.map((label) => {
    if (label.fixed) return [0, 0];
    const own = pieces(label);
    const [cos, sin] = [Math.cos((label.angle * Math.PI) / 180), Math.sin((label.angle * Math.PI) / 180)];
    const isOn = (piece, x, y) => curves.filter(([cx, cy]) =>
      cx > piece.left + x && cx < piece.right + x && cy > piece.top + y && cy < piece.bottom + y).length;
    const cost = (x, y) => own.reduce((sum, piece) => sum
      + COST.outside * outside(piece, frame, x, y)
      + (COST.label / areaOf(piece)) * placed.reduce((on, other) => on + overlap(piece, other, x, y), 0)
      + (label.angle ? 0 : COST.curve * isOn(piece, x, y)), COST.way * (x * x + y * y));
    const { steps, sides } = label.angle ? TURNED : { steps: STEPS, sides: SIDES };
    let best = { at: [0, 0], cost: Infinity };
    for (const side of sides) {
      for (const step of steps) {
        const [along, across] = [side * label.width, step * 0.7 * label.height];
        const at = [along * cos - across * sin, along * sin + across * cos];
        const of = cost(...at);
        if (of < best.cost) best = { at, cost: of };
      }
    }
    placed.push(...own.map((piece) => ({
      left: piece.left + best.at[0], right: piece.right + best.at[0],
      top: piece.top + best.at[1], bottom: piece.bottom + best.at[1],
    })));
    return best.at;
  });
}
