// Pinned points: the live one is pinned by a button or a key; each can be gone back to and taken away. What comes of
// them the server says in a small table.
import { display, toNumber } from "./format.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";
import { tableOf } from "./table.mjs";

const { controls, pins: { most, parameters } } = specification;
const symbols = Object.fromEntries(controls.map(({ name, symbol }) => [name, symbol]));

const theory = (point) => Object.fromEntries(parameters.map((name) => [name, point[name]])); // of it, no instance

const same = (one, other) => parameters.every((name) => String(one[name]) === String(other[name]));

const wordsOf = (point) => parameters.map((name) => `${symbols[name]} = ${display(toNumber(point[name]))}`).join(", ");

export function pin() {
  const [live, ...pins] = state.points;
  const isThere = pins.some((pinned) => same(pinned, live));
  if (!isThere && pins.length < most) change({ pins: [...pins, theory(live)] }, "pin");
}

function unpin(k) {
  change({ pins: state.points.slice(1).filter((_, other) => other !== k) }, "pin");
}

function recall(k) {
  change({ point: state.points[k + 1], story: null, errors: {}, moving: false, visit: "push" }, "pin");
}

function show(now, before) {
  if (now.points === before.points) return;
  const [live, ...pins] = now.points;
  document.documentElement.dataset.pins = String(pins.length);
  const button = document.getElementById("pin");
  if (!button) return; // the layout is still to come
  const isThere = pins.some((pinned) => same(pinned, live));
  // not `disabled`: the focus would be lost when the last is pinned
  button.setAttribute("aria-disabled", String(isThere || pins.length >= most));
  for (let number = 1; number <= most; number += 1) {
    const one = document.getElementById(`pin-${number}`);
    const pinned = pins[number - 1];
    one.hidden = !pinned;
    if (!pinned) continue;
    const [back, away] = one.children;
    const words = `pin ${number}: ${wordsOf(pinned)}`;
    if (back.title !== words) back.title = words;
    back.setAttribute("aria-pressed", String(same(pinned, live)));
    back.setAttribute("aria-label", `Go to ${words}`);
    away.setAttribute("aria-label", `Remove pin ${number}`);
  }
  if (document.activeElement?.closest(".pair[hidden]")) button.focus(); // not lost with the last pin
}

// what the server says of the points
export function tell(name, rows) {
  const place = document.getElementById(`${name}-rows`);
  if (!place || !rows) return;
  const made = tableOf(rows.head.map(([text]) => text), rows.body);
  made.querySelectorAll("thead th").forEach((cell, k) => { cell.title = rows.head[k][1]; });
  for (const first of made.querySelectorAll("tbody td:first-child")) {
    first.replaceWith(Object.assign(document.createElement("th"), { textContent: first.textContent, scope: "row" }));
  }
  place.replaceChildren(made);
}

function press(event) {
  const button = event.target.closest("[data-pin]");
  if (!button) return;
  const [what, k] = button.dataset.pin.split(":");
  if (what === "add") pin();
  else if (what === "back") recall(Number(k));
  else unpin(Number(k));
}

export function start() {
  listen(show);
  document.addEventListener("click", press);
}

// when the buttons are there
export const arrive = () => show(state, { points: null });
