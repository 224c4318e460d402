// The tour: what each part of the page is, beside what is seen, while all of it goes on as it is. Its stops are stepped
// through as the story's points are.
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { cards, tour } = specification;

export const isOn = ({ tour: stop } = state) => stop !== null;

// the part of the page that is shown
export const placeOf = ({ tour: stop }) => (stop === null ? "" : tour[stop].place);

// where there is room for one picture beside the diagram, it is the one that is spoken of
function go(stop, patch = {}) {
  const card = cards[tour[stop].place];
  const looks = card && !card.pinned ? { pane: tour[stop].place } : {};
  change({ visit: "none", ...patch, tour: stop, looks: { ...looks, ...patch.looks } }, "tour");
}

export const leave = () => change({ tour: null, visit: "none" }, "tour");

// whether there is a stop that way
export const leads = (now, by) => Boolean(tour[now.tour + by]);

export function step(by) {
  if (leads(state, by)) go(state.tour + by);
}

const begin = () => go(0, { story: null, looks: { show: "all" }, visit: "replace" });

function show(now, before) {
  const box = document.getElementById("tour");
  if (!box || now.tour === before.tour) return;
  box.hidden = !isOn(now);
  document.documentElement.dataset.touring = String(isOn(now));
  if (!isOn(now)) return;
  const { title, words } = tour[now.tour];
  box.querySelector("strong").textContent = `Tour, ${now.tour + 1} of ${tour.length}. ${title}. `;
  box.querySelector("span").textContent = words + " ";
  box.scrollTop = 0;
}

export function start() {
  listen(show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tour]");
    if (button) (button.dataset.tour === "begin" ? begin : leave)();
  });
}
