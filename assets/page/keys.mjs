// Keys of the whole page (those of the handle are its own). Off while something is typed and in dialogs.
import { all, toggle } from "./arrangement.mjs";
import { pin } from "./pins.mjs";
import { setProps } from "./server.mjs";
import { specification } from "./specification.mjs";
import { change, state } from "./state.mjs";
import { step, tell } from "./story.mjs";
import { closeMenus } from "./menus.mjs";
import { isOpen, leave } from "./opening.mjs";

const { limits } = specification;
// a key does what its button does
const BUTTONS = { d: "dark-button", s: "copy-link", p: "copy-python", t: "theory-button", l: "lecture-button" };

// what a clicker sends
const STEPS = { PageUp: -1, PageDown: 1, ArrowLeft: -1, ArrowRight: 1 };
const OFF = "saddlesurf-keys-off"; // where the choice is kept
let areOn = true; // keys of one character, which a voice may type unasked

// whether a key that steps would do nothing else: move a slider, choose a view, scroll the page
function isFree({ key, target }) {
  if (target.closest("[role=slider], input")) return false;
  if (key.startsWith("Arrow")) return state.looks.ui === "lecture";
  return document.documentElement.scrollHeight <= window.innerHeight;
}

const isTyping = (element) =>
  element.matches("input:not([type=checkbox], [type=radio]), textarea, select") || element.isContentEditable;

function isOurs(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return !(event.target instanceof Element && (isTyping(event.target) || event.target.closest("dialog")));
}

function stepOrder(step) {
  const p = state.points[0].p + step;
  if (p < limits.p[0] || p > limits.p[1]) return;
  change({ point: { p }, moving: false, story: null, errors: {} }, "key");
}

export function press(event) {
  if (!isOurs(event)) return;
  const { key } = event;
  if (!areOn && key.length === 1) return;
  if (key === "Escape") {
    if (closeMenus(null)) return;
    if (isOpen()) leave();
    else all();
  } else if (key.toLowerCase() === "f") toggle();
  else if (key.toLowerCase() === "c") pin();
  else if (key in STEPS && isFree(event)) {
    event.preventDefault();
    step(STEPS[key]);
  } else if (/^[0-9]$/.test(key)) tell(key);
  else if (key === "[" || key === "]") stepOrder(key === "]" ? 1 : -1);
  else if (key === "?") document.getElementById("help")?.showModal(); // it comes with the layout, later than the keys
  else if (key.toLowerCase() in BUTTONS) document.getElementById(BUTTONS[key.toLowerCase()])?.click();
  else if (key === " " && !event.target.closest("button, summary, [role=slider], a, input")) {
    event.preventDefault();
    document.getElementById("play")?.click();
  }
}

function turn(on) {
  areOn = on;
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } catch {
    // no storage: for this visit
  }
}

export function start() {
  try {
    areOn = !localStorage.getItem(OFF);
  } catch {
    areOn = true;
  }
  document.addEventListener("keydown", press);
  document.addEventListener("change", ({ target }) => { if (target.id === "keys-switch") turn(target.checked); });
}

// when its switch is there
export const arrive = () => setProps("keys-switch", { checked: areOn });
