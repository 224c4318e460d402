// What a reader of the screen is told of the words: once they have stood for a while, not at every step of a drag.
import { specification } from "./specification.mjs";
import { state } from "./state.mjs";

const { pace: { announce: patience } } = specification;
let timer = null;
let said = "";

export function announce(words) {
  clearTimeout(timer);
  if (words === said) return;
  timer = setTimeout(() => {
    if (state.moving) {
      announce(words);
      return;
    }
    said = words;
    document.getElementById("announced").textContent = words;
  }, patience);
}
