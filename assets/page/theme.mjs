// Dark or light: what the user has chosen, in this tab or another, or else what the system says. Mantine shows it by an
// attribute of the document and writes that by itself; whoever has changed it, page, pictures and button follow here.
import { setProps } from "./server.mjs";
import { change, state } from "./state.mjs";

const SCHEME = "mantine-color-scheme-value"; // where Mantine itself keeps the choice
const ATTRIBUTE = "data-mantine-color-scheme"; // where it shows it, once it is there
const root = document.documentElement;
const system = window.matchMedia("(prefers-color-scheme: dark)");
let unstored = null; // the choice of a visit without storage, as in a frame of another site
let isThere = false; // whether the button is

const known = (scheme) => (scheme === "dark" || scheme === "light" ? scheme : null);

const ofSystem = () => (system.matches ? "dark" : "light");

function chosen() {
  try {
    return known(localStorage.getItem(SCHEME)) || unstored;
  } catch {
    return unstored;
  }
}

export const current = () => chosen() || known(root.getAttribute(ATTRIBUTE)) || ofSystem();

function show(theme) {
  if (root.getAttribute(ATTRIBUTE) !== theme) root.setAttribute(ATTRIBUTE, theme);
}

// Mantine does not know of a choice that was made here and would go on following the system
function follow() {
  const theme = current();
  if (chosen()) show(theme);
  if (theme !== state.theme) change({ theme }, "theme");
  tell();
}

function tell() {
  if (!isThere) return;
  setProps("theme", { data: state.theme });
  setProps("dark-button", { children: state.theme === "dark" ? "Light" : "Dark" });
}

// called by Dash for the button, once without a click at the start
export function choose(clicks) {
  isThere = true;
  if (clicks) {
    const next = current() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(SCHEME, next);
      unstored = null;
    } catch {
      unstored = next; // for this visit only
    }
    show(next);
  }
  follow();
}

export function start() {
  new MutationObserver(follow).observe(root, { attributeFilter: [ATTRIBUTE] });
  system.addEventListener("change", () => {
    show(chosen() || ofSystem());
    follow();
  });
  window.addEventListener("storage", ({ key }) => { // from another tab
    if (key !== SCHEME && key !== null) return;
    show(chosen() || ofSystem());
    follow();
  });
  change({ theme: current() }, "start");
}
