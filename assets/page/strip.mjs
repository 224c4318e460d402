// The long work behind a picture: the strip says how far it is, its buttons say whether it goes on. The server is asked
// by the queue, as for any picture; what is wanted of the work is part of the state.
import { path } from "./server.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { cards } = specification;
const switched = Object.keys(cards).filter((name) => cards[name].switch);
// by what the server says of the work: the words of the first button, whether each button does anything
const STANDING = {
  running: ["Pause", true, true],
  paused: ["Resume", true, true],
  cancelled: ["Resume", true, false],
  complete: ["Pause", false, false],
  shipped: ["Measure anew", true, false],
  failed: ["Try again", true, false],
};
let hasAsked = false; // whether somebody at the server may be working for this page

const isOn = (name, { looks }) => looks[cards[name].switch.look] !== cards[name].switch.off;

// what the answer for a card says of its long work; null where there is none
export function tell(name, work) {
  const strip = document.getElementById(`${name}-strip`);
  if (!strip || !work) return;
  const { standing, share, words } = work;
  const [label, canRun, canCancel] = STANDING[standing];
  const run = document.getElementById(`${name}-run`);
  run.textContent = label;
  run.disabled = !canRun;
  document.getElementById(`${name}-cancel`).disabled = !canCancel;
  document.getElementById(`${name}-progress`).value = share;
  const said = document.getElementById(`${name}-said`);
  if (said.textContent !== words) said.textContent = words;
  // counts change every second: a reader of the screen is told when the kind of work changes
  if (strip.dataset.standing !== standing) document.getElementById(`${name}-told`).textContent = words;
  strip.dataset.standing = standing;
}

function run(name) {
  const { standing } = document.getElementById(`${name}-strip`).dataset;
  const { anew } = state.work;
  if (standing === "failed") document.getElementById(`${name}-retry`).click();
  else if (standing === "running") change({ work: { run: "paused", anew } }, "strip");
  else change({ work: { run: "on", anew: anew || standing === "shipped" } }, "strip");
}

// what was to be measured anew stands there already: back to it
function cancel() {
  change({ work: state.work.anew ? { run: "on", anew: false } : { run: "cancelled", anew: false } }, "strip");
}

// Work that was cancelled, or begun anew, was that of another picture; who has paused wants no work at all.
function follow(now, before) {
  const names = switched.flatMap((name) => [...cards[name].parameters, ...cards[name].switch.parameters]);
  const hasMoved = names.some((name) => now.points[0][name] !== before.points[0][name]);
  const hasSwitched = switched.some((name) => isOn(name, now) !== isOn(name, before));
  const run = now.work.run === "paused" ? "paused" : "on";
  const isOld = now.work.anew || now.work.run !== run;
  if ((hasMoved || hasSwitched) && isOld) change({ work: { run, anew: false }, visit: now.visit }, "strip");
  show(now);
}

function show(now) {
  for (const name of switched) {
    const strip = document.getElementById(`${name}-strip`);
    if (!strip) continue;
    const shown = String(isOn(name, now));
    if (shown === "true") hasAsked = true;
    if (strip.dataset.on !== shown) strip.dataset.on = shown;
  }
}

function press(event) {
  const button = event.target.closest("[data-strip]");
  if (!button) return;
  const [name, what] = button.dataset.strip.split(":");
  if (what === "run") run(name);
  else cancel();
}

export function start() {
  listen(follow);
  document.addEventListener("click", press);
  // the page really goes (see ensemble.mjs)
  window.addEventListener("pagehide", () => {
    if (hasAsked) navigator.sendBeacon(path("goodbye"), JSON.stringify({ asker: state.asker }));
  });
}

// when the strips are there
export const arrive = () => show(state);
