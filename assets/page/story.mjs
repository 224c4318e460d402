// The story: its points are told by their buttons, by the steps back and on, and by the keys. A point sets the whole
// scene that its text tells of (parameters, views, moment) and marks the picture to watch; what it asks to try is a
// scene of its own. Whoever leaves the story keeps the scene.
import { fractionOf } from "./format.mjs";
import { isStill, playTo } from "./moment.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { stories, cards, moment: { first } } = specification;

const placeOf = (key) => stories.findIndex((story) => story.key === key);

export function tell(key) {
  const told = stories[placeOf(key)];
  if (told) show(told, key);
}

// before the first point stands nothing, and the first one follows
export function step(by) {
  const next = stories[Math.max(0, placeOf(state.story) + by)];
  if (next && next.key !== state.story) tell(next.key);
}

function show({ point, looks, since, until, watch }, story) {
  const at = (time) => (time === null ? 1 : fractionOf(time, point.tmax, first));
  const walks = since !== null && !isStill();
  const alone = state.looks.show !== "all" && watch in cards ? { show: watch } : {};
  change({
    point,
    looks: { ...looks, ...alone },
    moment: at(walks ? since : until),
    story,
    watch,
    moving: false,
    errors: {},
    visit: "push",
  }, "story");
  if (walks) playTo(at(until));
}

// the picture to watch: the one that was tried last, or the point's own
export const watched = ({ story, watch }) => (story === null ? "" : watch || (stories[placeOf(story)] || {}).watch);

function mark(now, before) {
  if (now.story !== before.story) markButtons(now);
  const watch = watched(now);
  if (watch === watched(before)) return;
  document.documentElement.dataset.watch = watch;
  for (const name of Object.keys(cards)) {
    const card = document.getElementById(`${name}-card`);
    if (!card) continue; // the layout is still to come
    card.classList.toggle("watched", name === watch);
    const sign = card.querySelector(".watch-sign");
    if (sign) sign.hidden = name !== watch;
  }
}

function markButtons(now) {
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
    const button = event.target.closest("[data-story], [data-step], [data-try]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button.dataset.story) tell(button.dataset.story);
    else if (button.dataset.try) show(stories[placeOf(state.story)].tries[Number(button.dataset.try)], state.story);
    else step(Number(button.dataset.step));
  });
}

// when the buttons are there
export function arrive(now) {
  markButtons(now);
  mark(now, { ...now, story: null, watch: "" });
}
