// Sliders under a finger. A swipe up or down scrolls the page, as anywhere (style.css leaves it to the browser, which
// then tells us of a pointercancel); only one along the slider moves it. Mantine takes every touch for a movement, so
// it hears of none, and is told of a mouse once the finger has gone along. A tap is a click, which the browser tells.
const ALONG = 6; // px until a finger goes along
const SLIDER = ".mantine-Slider-root";
let finger = null; // {id, target, x, moves} on a slider

function tell(type, { clientX, clientY }) {
  const target = type === "mousedown" ? finger.target : document;
  target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, clientX, clientY }));
}

function down(event) {
  if (event.pointerType !== "touch" || finger || !event.target.closest(SLIDER)) return;
  finger = { id: event.pointerId, target: event.target, x: event.clientX, moves: false };
}

function move(event) {
  if (!finger || event.pointerId !== finger.id) return;
  if (!finger.moves) {
    if (Math.abs(event.clientX - finger.x) < ALONG) return;
    finger.moves = true;
    tell("mousedown", event);
  }
  tell("mousemove", event);
}

function up(event) {
  if (!finger || event.pointerId !== finger.id) return;
  if (finger.moves) tell("mouseup", event);
  finger = null;
}

export function start() {
  document.addEventListener("touchstart", (event) => {
    if (event.target.closest(SLIDER)) event.stopPropagation();
  }, { capture: true, passive: true });
  document.addEventListener("pointerdown", down, true);
  document.addEventListener("pointermove", move, { capture: true, passive: true });
  document.addEventListener("pointerup", up, true);
  document.addEventListener("pointercancel", up, true);
}
