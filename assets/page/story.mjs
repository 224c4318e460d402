// The story's points: told by their buttons and by the keys.
import { specification } from "./specification.mjs";
import { change, listen } from "./state.mjs";

export function tell(key) {
  const told = specification.stories.find((story) => story.key === key);
  if (!told) return;
  const { point, looks } = told;
  change({ point, looks, story: key, moving: false, errors: {}, visit: "push" }, "story");
}

function mark(now, before) {
  if (now.story === before.story) return;
  for (const button of document.querySelectorAll("[data-story]")) {
    button.setAttribute("aria-pressed", String(button.dataset.story === now.story));
  }
}

export function start() {
  listen(mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-story]");
    if (button) tell(button.dataset.story);
  });
}

// when the buttons are there
export const arrive = (state) => mark(state, { story: undefined });
