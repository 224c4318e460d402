// What a word of the field means, and what a picture shows: told beside the word or the button that asks for it.
import { specification } from "./specification.mjs";
import { state } from "./state.mjs";

const { cards, glossary: { terms, forms, about } } = specification;
const GAP = 6; // px between a word and what is told of it
const LETTER = "\\p{L}\\p{N}";
const byLength = Object.keys(forms).sort((one, other) => other.length - one.length);
const escaped = byLength.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
const anyForm = new RegExp(`(?<![${LETTER}])(?:${escaped.join("|")})(?![${LETTER}(])`, "gu");
const AWAY = 60; // px after which what is told has left its word
let anchor = null; // the button of what is told
let scrolled = 0; // how far the page was when it was told

// The nodes of a sentence, each term that `told` does not hold yet as a button.
export function marked(text, told = new Set()) {
  const nodes = [];
  let end = 0;
  for (const { 0: form, index } of text.matchAll(anyForm)) {
    const name = forms[form];
    if (told.has(name)) continue;
    told.add(name);
    nodes.push(text.slice(end, index), buttonOf(form, name));
    end = index + form.length;
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}

function buttonOf(form, name) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "term" });
  button.textContent = form;
  button.dataset.term = name;
  button.setAttribute("aria-expanded", "false");
  return button;
}

const paragraph = (text, lead) => {
  const element = document.createElement("p");
  if (lead) element.append(Object.assign(document.createElement("strong"), { textContent: `${lead} ` }));
  element.append(text);
  return element;
};

function aboutCard(name) {
  const views = about[name];
  const [only, ...others] = Object.keys(views);
  const { axes, notice } = views[others.length ? state.looks[cards[name].looks[0]] : only];
  return [paragraph(axes), paragraph(notice, "Notice:")];
}

function tell(button) {
  if (anchor) hide();
  anchor = button;
  scrolled = window.scrollY;
  const { term, about: card } = button.dataset;
  const box = document.getElementById("explained");
  box.replaceChildren(...(term ? [paragraph(terms[term], `${term}:`)] : aboutCard(card)));
  box.hidden = false;
  button.setAttribute("aria-expanded", "true");
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const fits = at.bottom + GAP + height < window.innerHeight;
  box.style.left = `${Math.max(GAP, Math.min(at.left, window.innerWidth - width - GAP))}px`;
  box.style.top = `${fits ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height)}px`;
}

function hide() {
  if (!anchor) return false;
  anchor.setAttribute("aria-expanded", "false");
  anchor = null;
  document.getElementById("explained").hidden = true;
  return true;
}

export function start() {
  const asks = (target) => target.closest("[data-term], [data-about]");
  let shown = null; // by the focus that a press has just given: the click that follows must not hide it
  document.addEventListener("focusin", ({ target }) => {
    if (target.closest("[data-term]")) tell(shown = target);
    else if (!target.closest("#explained")) hide();
  });
  document.addEventListener("click", ({ target }) => {
    const button = asks(target);
    const isNew = button && (button !== anchor || shown === button);
    shown = null;
    if (isNew && button !== anchor) tell(button);
    else if (!isNew && !target.closest("#explained")) hide();
  });
  // of the page: what is told does not go with it
  document.addEventListener("scroll", () => {
    if (Math.abs(window.scrollY - scrolled) > AWAY) hide();
  }, { passive: true });
  // before the page's own keys: it closes this and nothing else
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && hide()) event.stopPropagation();
  }, { capture: true });
}
