// Walks the live point along one noise, towards less of it. Each place is asked for before it is gone to, so that what
// is seen on the way is exact and nothing waits for it.
import { seen } from "./arrangement.mjs";
import { fromSlider, toSlider } from "./controls.mjs";
import { toNumber } from "./format.mjs";
import { Lost, Refused, ask } from "./server.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { cards, controls } = specification;
const STRIDE = 2; // steps of the slider at once
const LEAST = 150; // ms that a place is seen
let walk = null; // {name} of the noise along which is walked

// the places still to come, from where the point is; from the far end again if it is at the near one
export function places(control, value) {
  const { lower, upper, step } = control;
  const stride = STRIDE * step;
  const at = Math.min(upper, toSlider(control, value).value);
  const from = at - lower < stride ? upper : at - stride;
  const n = Math.floor((from - lower) / stride + 1e-9);
  return Array.from({ length: n + 1 }, (_, k) => fromSlider(control, Number((from - k * stride).toFixed(6)), value));
}

// the server computes what will be seen there and keeps it
function fetchAhead(name, value) {
  const [live, ...pins] = state.points;
  const { theme, moment, story } = state;
  const message = {
    number: 0, cards: seen(state).filter((card) => cards[card].parameters.includes(name)), pace: "first", theme,
    points: [{ ...live, [name]: value }, ...pins], looks: { ...state.looks, moment, story },
  };
  return ask("cards", message);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, LEAST));

export async function start(name) {
  const mine = { name };
  walk = mine;
  show();
  try {
    const control = controls.find((one) => one.name === name);
    const all = places(control, toNumber(state.points[0][name]));
    let there = fetchAhead(name, all[0]);
    for (let k = 0; k < all.length && walk === mine; k += 1) {
      await there;
      if (walk !== mine) return;
      change({ point: { [name]: all[k] }, moving: true, story: null, errors: {} }, "path");
      if (k + 1 < all.length) there = fetchAhead(name, all[k + 1]);
      there.catch(() => {}); // it is waited for, or not wanted any more
      await pause();
    }
  } catch (error) {
    if (!(error instanceof Lost || error instanceof Refused)) throw error; // the banner tells it
  } finally {
    if (walk === mine) stop();
  }
}

export function stop() {
  walk = null;
  show();
}

function show() {
  for (const button of document.querySelectorAll("[data-walk]")) {
    const isOn = walk !== null && button.dataset.walk === walk.name;
    button.setAttribute("aria-pressed", String(isOn));
    button.firstElementChild.textContent = isOn ? "⏸" : "▶";
  }
}

export function begin() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-walk]");
    if (!button) return;
    if (walk && walk.name === button.dataset.walk) stop();
    else start(button.dataset.walk);
  });
  // whoever moves the point has the word
  listen((now, before, source) => {
    if (walk && source !== "path" && now.points[0] !== before.points[0]) stop();
  });
}
