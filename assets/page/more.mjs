// The controls that are folded away: what they say stands on the fold, and a sentence about one of them unfolds it.
import { say, toNumber } from "./format.mjs";
import { specification } from "./specification.mjs";
import { listen, state } from "./state.mjs";

const { controls } = specification;
let folded = []; // the controls behind the fold

function show(now, before) {
  if (now.moving && now.points[0] !== before.points[0]) return; // told when it rests
  const said = folded.map(({ name, symbol }) => `${symbol} ${say(toNumber(now.points[0][name]))}`).join("  ");
  const words = document.getElementById("more-words");
  if (words.textContent !== said) words.textContent = said;
  if (now.errors !== before.errors && folded.some(({ name }) => now.errors[name])) {
    document.getElementById("more").open = true;
  }
}

// when they are there
export function arrive() {
  const fold = document.getElementById("more");
  folded = controls.filter(({ name }) => fold.querySelector(`[id="${name}-box"]`));
  listen(show);
  show(state, { points: [], errors: {} });
}
