// The story: its points are told by their buttons, by the steps back and on, and by the keys. A point sets the whole
// scene that its text tells of (parameters, views, moment) and marks the picture to watch; what it asks to try is a
// scene of its own. Whoever leaves the story keeps the scene.
import { fractionOf } from "./format.mjs";
import { isStill, playTo } from "./moment.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";
import * as tour from "./tour.mjs";

const { stories, cards, moment: { first } } = specification;

const placeOf = (key) => stories.findIndex((story) => story.key === key);

export function tell(key) {
  const told = stories[placeOf(key)];
  if (told) show(told, key);
}

// before the first point stands nothing, and the first one follows
export function step(by) {
  if (tour.isOn()) {
    tour.step(by);
    return;
  }
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
    tour: null,
    moving: false,
    errors: {},
    visit: "push",
  }, "story");
  if (walks) playTo(at(until));
}

// the picture to watch: the tour's; else the one that was tried last, or the point's own
export function watched(now) {
  if (tour.isOn(now)) return tour.placeOf(now);
  return now.story === null ? "" : now.watch || (stories[placeOf(now.story)] || {}).watch;
}

function mark(now, before, source) {
  if (now.story !== before.story || now.tour !== before.tour) markButtons(now);
  const watch = watched(now);
  if (source === "story" || source === "tour") bring(watch);
  if (watch === watched(before)) return;
  document.documentElement.dataset.watch = watch;
  for (const part of document.querySelectorAll(".card, [data-place]")) {
    const isWatched = (part.dataset.place || part.id.replace(/-card$/, "")) === watch;
    part.classList.toggle("watched", isWatched);
    const sign = part.querySelector(".watch-sign");
    if (sign) sign.hidden = !isWatched;
  }
}

// where the page scrolls, as on a phone, what is told of comes into sight once the cards stand as they will
function bring(watch) {
  requestAnimationFrame(() => {
    document.querySelector(`#${watch}-card, [data-place="${watch}"]`)?.scrollIntoView({ block: "nearest" });
  });
}

function markButtons(now) {
  for (const button of document.querySelectorAll("[data-story]")) {
    button.setAttribute("aria-pressed", String(button.dataset.story === now.story));
  }
  for (const button of document.querySelectorAll("[data-step]")) {
    const by = Number(button.dataset.step);
    const place = placeOf(now.story) + by;
    const isEnd = tour.isOn(now) ? !tour.leads(now, by) : place < 0 || place >= stories.length;
    button.setAttribute("aria-disabled", String(isEnd)); // not `disabled`: the focus would be lost at either end
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
  mark(now, { ...now, story: null, watch: "", tour: null });
}
