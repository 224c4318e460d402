// The operating point on the phase diagram: a DOM element placed with the plot's own axes. Drag it, click anywhere, or
// use the arrow keys.
import { round, say, toNumber, within } from "./format.mjs";
import { frameOf, onDrawn, plotBeside } from "./plot.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const DIGITS = 4; // significant, that a gesture sets: finer than a pixel
const STEP = 10 ** 0.01; // of an arrow key
const BIG_STEP = 10 ** 0.1; // with Shift
const CLICK = 4; // pixels: what moves further while it is pressed is no click
const { limits } = specification;

let element = null;
let gd = null; // the plot under it
let wish = null; // where the pointer has gone since the last frame

function set(name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function place() {
  const frame = gd && frameOf(gd);
  if (!frame || !state.known) return;
  const { dp: tensor, d2: matrix } = state.points[0];
  const dp = toNumber(tensor);
  const inverse = 1 / toNumber(matrix);
  const [px, py] = frame.toPixels(dp, inverse);
  const x = dp === Infinity ? frame.width : within(px, [0, frame.width]);
  const y = inverse === 0 ? frame.height : within(py, [0, frame.height]);
  const isOff = dp === Infinity || inverse === 0 || Math.abs(px - x) > 1 || Math.abs(py - y) > 1;
  element.style.transform = `translate(${frame.left + x}px, ${frame.top + y}px)`;
  element.classList.add("placed");
  element.classList.toggle("outside", isOff);
  element.classList.toggle("words-left", x > 0.6 * frame.width);
  const words = `Δp = ${say(dp, DIGITS)}, 1/Δ₂ = ${say(inverse, DIGITS)}`;
  set("data-words", words); // shown beside it while it is dragged
  set("aria-valuetext", words);
  set("aria-valuenow", String(Math.round(100 * (1 - y / frame.height))));
}

function go(dp, inverse, moving) {
  // Δ₂ is rounded, not 1/Δ₂: it is what the address says
  const point = { dp: round(within(dp, limits.dp), DIGITS), d2: round(within(1 / inverse, limits.d2), DIGITS) };
  change({ point, moving, story: null, errors: {} }, "handle");
}

// one change a frame, however many moves the pointer reports
function soon(there) {
  if (!wish) requestAnimationFrame(() => { if (wish) go(...wish, true); wish = null; });
  wish = there;
}

// where the plot is on the screen, once a drag: to ask for it makes the browser lay the page out
let box = null;
const forget = () => { box = null; };

function offset(event, frame) {
  box = box || gd.getBoundingClientRect();
  return [event.clientX - box.left - frame.left, event.clientY - box.top - frame.top];
}

function toNumbers(event, frame) {
  const [x, y] = offset(event, frame);
  return frame.toNumbers(within(x, [0, frame.width]), within(y, [0, frame.height]));
}

function wire() {
  let dragging = false;
  element.addEventListener("pointerdown", (event) => {
    dragging = true;
    forget();
    element.setPointerCapture(event.pointerId);
    element.classList.add("dragging");
    element.focus({ preventScroll: true });
    event.preventDefault();
  });
  element.addEventListener("pointermove", (event) => {
    const frame = dragging && frameOf(gd);
    if (frame) soon(toNumbers(event, frame));
  });
  const end = (event) => {
    if (!dragging) return;
    dragging = false;
    wish = null; // a move that still waits for its frame must not follow the release
    element.classList.remove("dragging");
    const frame = frameOf(gd);
    if (event.type === "pointerup" && frame) go(...toNumbers(event, frame), false); // released is settled
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("keydown", press);
  let pressed = null;
  gd.addEventListener("pointerdown", (event) => {
    forget();
    pressed = [event.clientX, event.clientY];
  }, true);
  window.addEventListener("scroll", forget, { capture: true, passive: true });
  window.addEventListener("resize", forget);
  gd.addEventListener("click", (event) => {
    const frame = frameOf(gd);
    if (!frame || !pressed || Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > CLICK) return;
    const [x, y] = offset(event, frame);
    if (x < 0 || y < 0 || x > frame.width || y > frame.height) return;
    go(...frame.toNumbers(x, y), false);
  }, true);
}

function press(event) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const step = steps[event.key];
  if (!step || !state.known || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const size = event.shiftKey ? BIG_STEP : STEP;
  const dp = toNumber(state.points[0].dp);
  const inverse = 1 / toNumber(state.points[0].d2);
  if (!Number.isFinite(dp) || !inverse) return;
  go(dp * size ** step[0], inverse * size ** step[1], true);
}

// when the handle is there; the plot under it comes later
export function arrive() {
  element = document.getElementById("handle");
  listen(place);
  onDrawn((name, drawn) => {
    if (drawn !== plotBeside(element)) return;
    if (!gd) {
      gd = drawn;
      wire();
    }
    place();
  });
}
