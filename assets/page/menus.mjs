// Menus, dialogs and what is copied.
import { queryOf } from "./address.mjs";
import { Lost, ask, probe, setProps } from "./server.mjs";
import { listen, state } from "./state.mjs";

const SAID = 1500; // ms that a button says that it has copied

// whether one was open; the focus does not stay behind in what is closed
export function closeMenus(but) {
  const open = [...document.querySelectorAll("details.menu[open]")].filter((menu) => menu !== but);
  for (const menu of open) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
  return open.length > 0;
}

const open = (id) => document.getElementById(id).showModal();

export const help = (clicks) => { if (clicks) open("help"); };

export const theory = (clicks) => { if (clicks) open("theory"); };

export function ensemble(clicks) {
  if (!clicks) return;
  open("ensemble");
  window.dispatchEvent(new Event("resize")); // the graphs take the room that they now have
}

function say(button, text) {
  const old = button.dataset.label || button.textContent;
  button.dataset.label = old;
  button.textContent = text;
  setTimeout(() => { button.textContent = old; }, SAID);
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    say(button, "Copied");
  } catch {
    // no permission or no secure context: offer the text itself
    window.prompt("Copy this:", text);
  }
}

// the address of what the page shows
export const here = () => window.location.origin + window.location.pathname + queryOf(state);

export function copyLink(clicks) {
  if (clicks) copy(here(), document.getElementById("copy-link"));
}

// what the server answers is copied; the button says what has become of it
export async function copyAnswer(button, name, message) {
  try {
    const { code } = await ask(name, message);
    await copy(code, button);
  } catch (error) {
    say(button, "Not copied");
    if (error instanceof Lost) probe(error); // the banner tells it, until it is over
  }
}

export function copyPython(clicks) {
  if (clicks) copyAnswer(document.getElementById("copy-python"), "python", { point: state.points[0] });
}

export function start() {
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-export]");
    closeMenus(item ? null : event.target.closest("details.menu"));
    const close = event.target.closest("[data-close]");
    if (close) document.getElementById(close.dataset.close).close();
  });
}

// Dash's callbacks on the server read the point from a store; what is dragged need not reach it
export function arrive() {
  const hand = () => setProps("parameters", { data: state.points[0] });
  listen((now, before) => {
    if (!now.moving && (now.points[0] !== before.points[0] || before.moving)) hand();
  });
  if (state.known) hand();
}
