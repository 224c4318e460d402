// Keys of the whole page (those of the handle are its own). Off while something is typed and in dialogs.
import { specification } from "./specification.mjs";
import { change, state } from "./state.mjs";
import { tell } from "./story.mjs";
import { closeMenus } from "./menus.mjs";

const { limits } = specification;
// a key does what its button does
const BUTTONS = { d: "dark-button", s: "copy-link", p: "copy-python", t: "theory-button" };

const isTyping = (element) => element.matches("input, textarea, select") || element.isContentEditable;

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
  if (key === "Escape") closeMenus(null);
  else if (/^[1-9]$/.test(key)) tell(key);
  else if (key === "[" || key === "]") stepOrder(key === "]" ? 1 : -1);
  else if (key === "?") document.getElementById("help")?.showModal(); // it comes with the layout, later than the keys
  else if (key.toLowerCase() in BUTTONS) document.getElementById(BUTTONS[key.toLowerCase()])?.click();
  else if (key === " " && !event.target.closest("button, summary, [role=slider], a")) {
    event.preventDefault();
    document.getElementById("play")?.click();
  }
}

export const start = () => document.addEventListener("keydown", press);
