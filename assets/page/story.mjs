// The story's points: told by their buttons, by the steps back and on, and by the keys.
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { stories } = specification;

const placeOf = (key) => stories.findIndex((story) => story.key === key);

export function tell(key) {
  const told = stories[placeOf(key)];
  if (!told) return;
  const { point, looks } = told;
  change({ point, looks, story: key, moving: false, errors: {}, visit: "push" }, "story");
}

// before the first point stands nothing, and the first one follows
export function step(by) {
  const next = stories[Math.max(0, placeOf(state.story) + by)];
  if (next && next.key !== state.story) tell(next.key);
}

function mark(now, before) {
  if (now.story === before.story) return;
  for (const button of document.querySelectorAll("[data-story]")) {
    button.setAttribute("aria-pressed", String(button.dataset.story === now.story));
  }
  for (const button of document.querySelectorAll("[data-step]")) {
    const place = placeOf(now.story) + Number(button.dataset.step);
    // not `disabled`: the focus would be lost at either end
    button.setAttribute("aria-disabled", String(place < 0 || place >= stories.length));
  }
}

export function start() {
  listen(mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-story], [data-step]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button.dataset.story) tell(button.dataset.story);
    else step(Number(button.dataset.step));
  });
}

// when the buttons are there
export const arrive = (now) => mark(now, { story: undefined });
