// The moment of the flow: its guide in every picture over time, its words, and Play, which walks it to the end.
import { fractionOf, say as inWords, timeOf } from "./format.mjs";
import { frameOf, onClicked, onDrawn, plotOf, relayout } from "./plot.mjs";
import { lineWidth, scaleOf } from "./scale.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const DURATION = 9000; // ms of a whole Play
const STEPS = 24; // of a Play without motion
const VISIBLE = 0.002; // what is less than the slider's step is not shown
const GUIDE = "moment";
const { cards, moment: { first, colour } } = specification;
const timed = Object.keys(cards).filter((name) => cards[name].timed);

const lastTime = () => state.points[0].tmax;

// of the flow; at the end not beyond it, whatever a power rounds to
export const momentTime = () => Math.min(lastTime(), timeOf(state.moment, lastTime(), first));

// of these cards' pictures some are over time, and say so
const isOverTime = (layout) => Boolean(layout && layout.meta && layout.meta.timed);

function withGuide(layout) {
  const others = (layout.shapes || []).filter((shape) => shape.name !== GUIDE);
  if (!isOverTime(layout)) return others;
  const t = timeOf(state.moment, lastTime(), first);
  const line = { color: colour[state.theme], width: lineWidth(1.5, scaleOf(state)) };
  return [...others, { name: GUIDE, type: "line", x0: t, x1: t, y0: 0, y1: 1, yref: "paper", line }];
}

// adds to a new picture what only the page knows
export function prepare(name, figure) {
  if (timed.includes(name)) figure.layout.shapes = withGuide(figure.layout);
}

// a layout shape, moved without a new picture
function moveGuide(gd) {
  if (!gd || !gd.layout || !gd.data || !gd.data.length) return;
  const at = (shapes) => ((shapes || []).find((shape) => shape.name === GUIDE) || {}).x0;
  const shapes = withGuide(gd.layout);
  if (at(shapes) !== at(gd.layout.shapes)) relayout(gd, { shapes });
}

// the slider stands under the axis of time of its own card's picture
function align(gd) {
  const strip = gd.closest(".card").querySelector(".moment");
  const frame = strip && isOverTime(gd.layout) && frameOf(gd);
  if (!frame) return;
  const columns = `${Math.round(frame.left)}px 1fr ${Math.round(frame.right)}px`;
  if (strip.style.gridTemplateColumns !== columns) strip.style.gridTemplateColumns = columns;
}

function say() {
  const element = document.getElementById("moment-text");
  const t = inWords(timeOf(state.moment, lastTime(), first));
  const words = state.moment >= 1 ? "shown: the end" : `shown: t = ${t}`;
  if (!element || element.textContent === words) return;
  element.textContent = words;
  document.querySelector("#moment [role=slider]")?.setAttribute("aria-valuetext", words.replace("shown: ", ""));
}

let playing = null; // the moment and time at which it began

export function toggle() {
  if (playing) {
    stop();
    return;
  }
  playing = { from: state.moment >= 0.999 ? 0 : state.moment, since: performance.now() };
  show();
  requestAnimationFrame(step);
}

function stop() {
  playing = null;
  show();
}

function show() {
  const button = document.getElementById("play");
  button.textContent = playing ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(Boolean(playing)));
}

function step(now) {
  if (!playing) return;
  const passed = Math.max(0, now - playing.since); // a frame's time may lie before the click that it follows
  const smooth = playing.from + passed / DURATION;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const moment = Math.min(1, still ? Math.floor(smooth * STEPS) / STEPS : smooth);
  if (Math.abs(moment - state.moment) > VISIBLE || (moment === 1 && state.moment < 1)) change({ moment }, "play");
  if (moment >= 1) stop();
  else requestAnimationFrame(step);
}

export function start() {
  listen((now, before) => {
    if (now.moment !== before.moment) timed.forEach((name) => moveGuide(plotOf(name)));
    say();
  });
  onDrawn((name, gd) => {
    if (!timed.includes(name)) return;
    moveGuide(gd);
    align(gd);
  });
  // a click on a picture over time chooses that moment
  onClicked((name, gd, point) => {
    if (!timed.includes(name) || !isOverTime(gd.layout)) return;
    change({ moment: fractionOf(point.x, lastTime(), first) }, "click");
  });
  document.addEventListener("click", (event) => { if (event.target.closest("#play")) toggle(); });
}
