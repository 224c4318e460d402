// Which cards are seen: all pictures; one that has the page to itself; or, on a phone and in a lecture, the pinned one
// and one beside it. What is not seen is hidden, and nobody asks the server for it.
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { cards } = specification;
const names = Object.keys(cards);
const pictures = names.filter((name) => cards[name].picture);
const phone = window.matchMedia("(max-width: 699px)"); // as in style.css

// the cards that are seen, those of words always among them, but what compares points only while some are pinned
export function seen({ looks: { show, pane, ui }, narrow, points }) {
  const there = names.filter((name) => !cards[name].compares || points.length > 1);
  if (show !== "all") return there.filter((name) => !cards[name].picture || name === show);
  if (ui === "desk" && !narrow) return there;
  return there.filter((name) => !cards[name].picture || cards[name].pinned || name === pane);
}

// The moment stands on the card of the flow, and concerns every picture that is not pinned: without its picture that
// card keeps it in sight.
function reduced(name, there) {
  return !there.includes(name) && there.some((other) => cards[other].picture && !cards[other].pinned)
    && Boolean(document.querySelector(`#${name}-card .moment`));
}

function show(now) {
  const root = document.documentElement;
  root.dataset.ui = now.looks.ui;
  root.dataset.show = now.looks.show;
  document.getElementById("lecture-button")?.setAttribute("aria-pressed", String(now.looks.ui === "lecture"));
  const there = seen(now);
  for (const name of pictures) {
    const card = document.getElementById(`${name}-card`);
    if (!card) continue; // the layout is still to come
    const isReduced = reduced(name, there);
    card.classList.toggle("reduced", isReduced);
    card.hidden = !there.includes(name) && !isReduced;
    card.querySelector("[data-alone]").setAttribute("aria-pressed", String(now.looks.show === name));
  }
}

// the whole page for one card, or for all again
export function alone(name) {
  if (pictures.includes(name)) change({ looks: { show: state.looks.show === name ? "all" : name } }, "alone");
}

export function all() {
  if (state.looks.show !== "all") change({ looks: { show: "all" } }, "alone");
}

// by the key: of the card that has the focus, or else the pointer
export function toggle() {
  const card = document.activeElement?.closest(".card") || document.querySelector(".card:hover");
  if (state.looks.show !== "all") all();
  else alone(card ? card.id.replace(/-card$/, "") : pictures[0]);
}

export const lecture = () => change({ looks: { ui: state.looks.ui === "lecture" ? "desk" : "lecture" } }, "lecture");

export function start() {
  const measure = () => change({ narrow: phone.matches, visit: "none" }, "screen");
  phone.addEventListener("change", measure);
  listen((now, before) => {
    if (now.looks !== before.looks || now.narrow !== before.narrow) show(now);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-alone]");
    if (button) alone(button.dataset.alone);
    if (event.target.closest("#lecture-button")) lecture();
  });
  measure();
}

// when the cards are there
export const arrive = () => show(state);
