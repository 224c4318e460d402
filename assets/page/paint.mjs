// Answers become words and pictures on their cards; what comes before the cards are there waits for them.
import { announce } from "./announce.mjs";
import { marked } from "./glossary.mjs";
import { prepare } from "./moment.mjs";
import { prepare as prepareOwn } from "./own.mjs";
import { tell as tellRows } from "./pins.mjs";
import { draw } from "./plot.mjs";
import { scaleOf, scaled } from "./scale.mjs";
import { specification } from "./specification.mjs";
import { state } from "./state.mjs";
import { tell } from "./strip.mjs";
import { begin, end } from "./work.mjs";

const { cards, pace } = specification;
let early = {}; // answers that have come before the cards
let arrived = false;
let drawn = 0;
const stands = {}; // by card: the picture of its last answer, as text, while long work is behind it
const last = {}; // by card: its figure as the server has drawn it
let late = null; // timer of the request in flight

export function paint(answers) {
  if (!arrived) {
    Object.assign(early, answers);
    begin("paint early");
    return;
  }
  for (const [name, { figure }] of Object.entries(answers)) {
    if (!figure || isThere(name, answers[name])) continue;
    const what = `picture ${(drawn += 1)}`;
    const scale = scaleOf(state);
    last[name] = scale ? structuredClone(figure) : figure;
    scaled(figure, scale);
    prepare(name, figure);
    prepareOwn(name, figure);
    begin(what);
    draw(name, figure).finally(() => end(what));
  }
  // words after pictures: plotly.js asks for sizes, and the browser would lay new words out for its answer
  for (const [name, card] of Object.entries(answers)) write(name, card);
}

// a copy that may be changed; null while there is none
export const figureOf = (name) => (last[name] ? structuredClone(last[name]) : null);

export function arrive() {
  arrived = true;
  paint(early);
  early = {};
  end("paint early");
}

// while long work goes on the card is asked now and then: where nothing is new, the reader's hover stays
function isThere(name, { figure, work }) {
  const before = stands[name];
  stands[name] = work ? JSON.stringify([state.looks.ui, state.narrow, figure]) : "";
  return Boolean(work) && before === stands[name];
}

function write(name, { caption, note, failed, work, rows }) {
  const said = document.getElementById(`${name}-caption`);
  const text = JSON.stringify(caption);
  if (caption !== null && said.dataset.text !== text) { // else what has the focus keeps it
    said.dataset.text = text;
    if (Array.isArray(caption)) tellParts(said, parts(caption));
    else said.replaceChildren(...marked(caption));
    if (!cards[name].picture) announce(said.textContent);
  }
  const source = document.getElementById(`${name}-note`);
  if (source.textContent !== note) source.textContent = note;
  source.classList.toggle("failed", failed);
  if (failed || caption === null) return; // without words the card was left out: all stays
  tell(name, work);
  tellRows(name, rows);
}

// what is seen and what the story tells stand beside each other
function parts(caption) {
  const isTold = ({ kind }) => kind.startsWith("story");
  return [["said", caption.filter((one) => !isTold(one))], ["told", caption.filter(isTold)]]
    .filter(([, words]) => words.length)
    .map(([className, words]) => {
      const part = Object.assign(document.createElement("div"), { className });
      const [buttons, paragraphs] = [words.filter(isTried), words.filter((one) => !isTried(one))];
      const terms = new Set(); // marked once in each, so that neither changes with the other
      part.append(...paragraphs.map((one) => paragraph(one, terms)));
      if (buttons.length) part.append(tries(buttons));
      return part;
    });
}

const isTried = ({ kind }) => kind === "story-try";

// what stands there already stays: the focus may be on one of its buttons
function tellParts(said, made) {
  const there = [...said.children];
  const isOld = made.map((part, i) => Boolean(there[i]) && there[i].isEqualNode(part));
  if (!isOld.at(-1)) said.scrollTop = 0; // what is new is read from its beginning
  if (made.length === there.length) made.forEach((part, i) => { if (!isOld[i]) there[i].replaceWith(part); });
  else said.replaceChildren(...made);
}

function tries(words) {
  const element = Object.assign(document.createElement("p"), { className: "story-try" });
  element.append(Object.assign(document.createElement("strong"), { textContent: "Try:" }));
  words.forEach(({ text }, i) => {
    const button = Object.assign(document.createElement("button"), { className: "tool try", textContent: text });
    button.dataset.try = i;
    element.append(" ", button);
  });
  return element;
}

function paragraph({ text, lead, kind }, terms) {
  const element = document.createElement("p");
  element.className = kind;
  if (lead) element.append(Object.assign(document.createElement("strong"), { textContent: lead + " " }));
  element.append(...marked(text, terms));
  return element;
}

// a card is marked only when its answer is late: a drag must not restyle the page at every picture
export function expect(names) {
  clearTimeout(late);
  late = setTimeout(() => {
    for (const name of names) document.getElementById(`${name}-card`)?.setAttribute("aria-busy", "true");
    say("working");
  }, pace.late);
}

export function unmark() {
  clearTimeout(late);
  if (!say("ready")) return; // nothing was marked
  for (const name of Object.keys(cards)) document.getElementById(`${name}-card`)?.removeAttribute("aria-busy");
}

function say(words) {
  const status = document.getElementById("status");
  if (!status || status.textContent === words) return false;
  status.textContent = words;
  status.classList.toggle("working", words === "working");
  return true;
}
