// The panel that says what the model is, while the story's first point is told. Its drawing is fetched when it is first
// looked at: a part of our own page, so that it takes the page's colours.
import { change, listen, state } from "./state.mjs";
import { watched } from "./story.mjs";
import { begin, end } from "./work.mjs";

const DRAWING = new URL("../opening.svg", import.meta.url);
let drawn = false;

async function draw() {
  const places = document.querySelectorAll(".opening-picture");
  if (drawn || !places.length) return;
  drawn = true;
  begin("opening");
  try {
    const answer = await fetch(DRAWING);
    if (!answer.ok) throw new Error(answer.statusText);
    const file = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    [...file.documentElement.children].forEach((part, i) => places[i].replaceChildren(document.importNode(part, true)));
  } catch {
    drawn = false; // no network: its words stand, and the next look tries again
  }
  end("opening");
}

export const isOpen = () => watched(state) === "opening";

export const leave = () => change({ story: null }, "opening");

export function start() {
  listen(() => { if (isOpen()) draw(); });
  document.addEventListener("click", (event) => { if (event.target.closest("#leave-opening")) leave(); });
}

// when the panel is there
export function arrive() {
  if (isOpen()) draw();
}
