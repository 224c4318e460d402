// A curve of one's own over m(t), from a file or a paste. It stays in this browser: no request and no address holds it.
import { Unreadable, parse } from "./csv.mjs";
import { plotOf, redraw } from "./plot.mjs";
import { scaleOf, scaled } from "./scale.mjs";
import { specification } from "./specification.mjs";
import { change, listen, state } from "./state.mjs";

const { cards, own: { colour, most_bytes: most } } = specification;
const timed = Object.keys(cards).filter((name) => cards[name].timed);
const DRAWN = 2000; // points of it, at most
const MARKED = 60; // points that are few enough to be marked
const LONGEST = 24; // letters of a name
const TRACE = "own data";
const KEPT = "saddlesurf-own"; // where it outlasts a reload, in this tab

const kindOf = ({ layout }) => (layout && layout.meta && layout.meta.overlap) || null; // "linear", "size", or none

// the curve as a part of a figure
function drawn(kind, { time, overlap, name }) {
  const y = kind === "size" ? overlap.map(Math.abs) : overlap;
  const mode = time.length > MARKED ? "lines" : "lines+markers";
  const line = { color: colour[state.theme], width: 2 };
  const trace = {
    type: "scatter", x: time, y, mode, line, name: TRACE, marker: { color: line.color, size: 6, symbol: "x" },
    hovertemplate: "own m = %{y:.5g}<extra></extra>",
  };
  const middle = Math.floor(time.length / 2);
  const words = {
    name: TRACE, text: name.replace(/[<>&]/g, " "), showarrow: true, arrowhead: 0, arrowwidth: 1.2, ax: 26, ay: 26,
    x: Math.log10(time[middle]), y: kind === "size" ? Math.log10(y[middle]) : y[middle], xanchor: "left",
    arrowcolor: line.color, font: { size: 12, color: line.color },
  };
  return scaled({ data: [trace], layout: { annotations: [words] } }, scaleOf(state));
}

// adds it to a new picture, or takes it away
export function prepare(name, figure) {
  const kind = timed.includes(name) && kindOf(figure);
  if (!kind) return false;
  const others = (parts) => (parts || []).filter((one) => one.name !== TRACE);
  const made = state.own ? drawn(kind, state.own) : { data: [], layout: { annotations: [] } };
  figure.data = [...others(figure.data), ...made.data];
  figure.layout.annotations = [...others(figure.layout.annotations), ...made.layout.annotations];
  return true;
}

function drawAgain() {
  for (const name of timed) {
    const gd = plotOf(name);
    const figure = gd && { data: gd.data, layout: { ...gd.layout } };
    if (figure && prepare(name, figure)) redraw(gd, figure);
  }
}

// every so many points are finer than a pixel
function thinned(values) {
  const stride = Math.ceil(values.length / DRAWN);
  return stride > 1 ? values.filter((_, k) => k % stride === 0) : values;
}

function say(sentence) {
  const place = document.getElementById("own-error");
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

// what is typed, pasted or dropped; what cannot be read is said in the dialog
export function take(text, name) {
  const dialog = document.getElementById("own");
  try {
    const { time, overlap } = parse(text);
    const own = { name: name.slice(0, LONGEST), time: thinned(time), overlap: thinned(overlap) };
    say("");
    dialog?.close();
    change({ own }, "own");
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    say(`${name}: ${error.message}`);
    if (dialog && !dialog.open) dialog.showModal();
  }
}

async function takeFile(file) {
  if (file.size > most) {
    say(`${file.name}: it is larger than ${most / 1e6} MB.`);
    const dialog = document.getElementById("own");
    if (!dialog.open) dialog.showModal();
  } else take(await file.text(), file.name);
}

function choose() {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: ".csv,.tsv,.txt,text/*" });
  input.addEventListener("change", () => { if (input.files.length) takeFile(input.files[0]); });
  input.click();
}

function press(event) {
  const button = event.target.closest("[data-own]");
  if (!button) return;
  const what = button.dataset.own;
  if (what === "open") {
    say("");
    document.getElementById("own").showModal();
  } else if (what === "file") choose();
  else if (what === "text") take(document.getElementById("own-text").value, "pasted");
  else {
    change({ own: null }, "own");
    document.querySelector("[data-own=open]").focus(); // not lost with the button
  }
}

function keep({ own }) {
  try {
    if (own) sessionStorage.setItem(KEPT, JSON.stringify(own));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // no storage, or none left: for this page
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function show({ own }) {
  const shown = document.getElementById("own-name");
  if (!shown) return; // the layout is still to come
  shown.textContent = own ? `${own.name} over m(t)` : "";
  document.querySelector("[data-own=remove]").hidden = !own;
}

const isFile = ({ dataTransfer }) => Boolean(dataTransfer) && [...dataTransfer.types].includes("Files");

export function start() {
  const own = kept();
  if (own) change({ own, visit: "none" }, "own");
  listen((now, before) => {
    if (now.own === before.own) return;
    keep(now);
    show(now);
    drawAgain();
  });
  document.addEventListener("click", press);
  // without this the browser would leave the page for the file
  document.addEventListener("dragover", (event) => { if (isFile(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) takeFile(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (event.target.closest("input, textarea") || !/\S[\r\n]+\S/.test(text)) return; // a number for a box is no table
    event.preventDefault();
    take(text, "pasted");
  });
}

// when its button is there
export const arrive = () => show(state);
