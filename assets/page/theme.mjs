// Dark or light: chosen by the button, or else the system's choice.
import { setProps } from "./server.mjs";
import { change } from "./state.mjs";

const SCHEME = "mantine-color-scheme-value"; // where Mantine itself keeps the choice
const ATTRIBUTE = "data-mantine-color-scheme"; // where it shows it, once it is there

function stored() {
  try {
    return localStorage.getItem(SCHEME);
  } catch {
    return null; // no storage, as in a frame of another site
  }
}

export function current() {
  const chosen = document.documentElement.getAttribute(ATTRIBUTE) || stored();
  if (chosen === "dark" || chosen === "light") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// called by Dash for the button, once without a click at the start; returns what the button says
export function choose(clicks) {
  if (clicks) {
    const next = current() === "dark" ? "light" : "dark";
    document.documentElement.setAttribute(ATTRIBUTE, next);
    try { localStorage.setItem(SCHEME, next); } catch { /* private mode: for this visit only */ }
  }
  const theme = current();
  change({ theme }, "theme");
  setProps("theme", { data: theme });
  return theme === "dark" ? "Light" : "Dark";
}
