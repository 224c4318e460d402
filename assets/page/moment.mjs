// The moment of the flow: its guide in every picture over time, its words, and Play, which walks it to the end, or to
// where the story wants it.
import { fractionOf, say as inWords, timeOf } from "./format.mjs";
import { momentAt, shareOf, stepped } from "./pace.mjs";
import { frameOf, onClicked, onDrawn, plotOf, relayout } from "./plot.mjs";
import { lineWidth, scaleOf } from "./scale.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";
import { whenSettled } from "./work.mjs";

const DURATION = 9000; // ms of a whole Play
const TOLD = 5000; // ms of what the story plays
const STEPS = 24; // of a Play without motion
const VISIBLE = 5e-4; // what is less is not shown
const GUIDE = "moment";
const { cards, moment: { first, colour } } = specification;
const timed = Object.keys(cards).filter((name) => cards[name].timed);

const lastTime = () => state.points[0].tmax;

// of the flow; at the end not beyond it, whatever a power rounds to
export const momentTime = () => Math.min(lastTime(), timeOf(state.moment, lastTime(), first));

let pace = null; // of the flow that is drawn: how Play walks along it

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
  const { meta } = figure.layout;
  if (meta && meta.pace) ({ pace } = meta);
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

let playing = null; // from which moment to which, in how many ms, and since when: null while it waits

export const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export function toggle() {
  if (playing) {
    stop();
    return;
  }
  const from = state.moment >= 0.999 ? 0 : state.moment;
  begin({ from, to: 1, duration: DURATION * (1 - shareOf(from, pace)) });
}

// Walks from the moment that is shown, as soon as its pictures stand.
export function playTo(to) {
  const waits = { from: state.moment, to, duration: TOLD, since: null };
  playing = waits;
  show();
  whenSettled(() => { if (playing === waits) begin(waits); });
}

function begin(way) {
  playing = { ...way, since: performance.now() };
  show();
  requestAnimationFrame(step);
}

function stop() {
  playing = null;
  show();
}

function show() {
  const button = document.getElementById("play");
  if (!button) return; // the layout is still to come
  button.textContent = playing ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(Boolean(playing)));
}

function step(now) {
  if (!playing || playing.since === null) return;
  const { from, to, duration, since } = playing;
  const passed = Math.max(0, now - since); // a frame's time may lie before the click that it follows
  const [start, end] = [shareOf(from, pace), shareOf(to, pace)];
  const smooth = start + (end - start) * Math.min(1, passed / duration);
  const part = isStill() ? Math.max(start, Math.floor(smooth * STEPS) / STEPS) : smooth;
  const moment = passed >= duration ? to : momentAt(part, pace);
  if (Math.abs(moment - state.moment) > VISIBLE || (moment === to && state.moment !== to)) change({ moment }, "play");
  if (passed >= duration) stop();
  else requestAnimationFrame(step);
}

// Whoever takes the moment in hand while it plays has it, and from there it goes on; another scene ends it.
function follow(now, before, source) {
  if (!playing || source === "play") return;
  if (source === "story" || now.story !== before.story) stop();
  else if (now.moment === before.moment) return;
  else if (playing.since === null || now.moment >= playing.to) stop();
  else begin({ from: now.moment, to: playing.to, duration: playing.duration * share(now.moment) });
}

// of the way that is left, by what is seen
const share = (moment) =>
  (shareOf(playing.to, pace) - shareOf(moment, pace)) / (shareOf(playing.to, pace) - shareOf(playing.from, pace));

const isSame = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

export function start() {
  listen((now, before, source) => {
    follow(now, before, source);
    // with another point comes another picture, which brings its guide along
    if (now.moment !== before.moment && isSame(now.points, before.points)) {
      timed.forEach((name) => moveGuide(plotOf(name)));
    }
    say();
  });
  onDrawn((name, gd) => {
    if (!timed.includes(name)) return;
    moveGuide(gd);
    align(gd);
  });
  // by arrow keys an escape is walked in as many steps as a plateau; the slider's own are equal ones of log t
  document.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by || !event.target.closest("#moment [role=slider]")) return;
    event.preventDefault();
    event.stopPropagation();
    change({ moment: Math.min(1, Math.max(0, stepped(state.moment, by, pace))) }, "moment-key");
  }, { capture: true });
  // a click on a picture over time chooses that moment
  onClicked((name, gd, point) => {
    if (!timed.includes(name) || !isOverTime(gd.layout)) return;
    change({ moment: fractionOf(point.x, lastTime(), first) }, "click");
  });
  document.addEventListener("click", (event) => { if (event.target.closest("#play")) toggle(); });
}

// when its words and its button are there
export function arrive() {
  say();
  if (playing) show();
}
