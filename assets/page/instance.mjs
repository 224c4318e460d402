// The real instance: its switch and buttons change the state.
import { setProps } from "./server.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { limits, instance: { first_size: firstSize, most_runs: mostRuns } } = specification;
let size = firstSize; // what the switch comes back to

const set = (point) => change({ point, moving: false, errors: {} }, "instance");

const actions = {
  new: ({ seed }) => ({ seed: (Number(seed) + 1) % (limits.seed[1] + 1), then: "" }),
  other: ({ then }) => ({ then: then + "o" }),
  flip: ({ then }) => ({ then: then + "f" }),
  longer: ({ until }) => ({ until: Math.min(limits.until[1], 2 * until) }),
};

export function switched(checked) {
  if (checked !== state.points[0].N > 0) set({ N: checked ? size : 0 });
}

export function started(start) {
  if (start !== state.points[0].start) set({ start, then: "" });
}

function show(now, before) {
  const point = now.points[0];
  if (before && point === before.points[0]) return;
  const isShown = point.N > 0;
  if (isShown) size = point.N;
  const box = document.getElementById("instance-controls");
  if (box.hidden === isShown) {
    box.hidden = !isShown;
    setProps("instance-switch", { checked: isShown });
  }
  if (!before || before.points[0].start !== point.start) setProps("instance-start", { value: point.start });
  const button = (name) => document.querySelector(`[data-instance=${name}]`);
  button("other").disabled = button("flip").disabled = point.then.length >= mostRuns;
  button("longer").disabled = point.until >= limits.until[1];
}

// when its controls are there
export function arrive() {
  listen(show);
  show(state, null);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-instance]");
    if (button) set(actions[button.dataset.instance](state.points[0]));
  });
}
