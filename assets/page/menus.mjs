// Menus, dialogs, exports and what is copied.
import { query, queryOf } from "./address.mjs";
import { dataColumns, dataFile, order, pictureFile } from "./download.mjs";
import { say as inWords } from "./format.mjs";
import { plotOf, toImage } from "./plot.mjs";
import { Lost, ask, path, probe, setProps } from "./server.mjs";
import { listen, state } from "./state.mjs";

const ROWS = 200; // of a table, at most
const SAID = 1500; // ms that a button says that it has copied

// whether one was open; the focus does not stay behind in what is closed
export function closeMenus(but) {
  const open = [...document.querySelectorAll("details.menu[open]")].filter((menu) => menu !== but);
  for (const menu of open) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
  return open.length > 0;
}

const open = (id) => document.getElementById(id).showModal();

export const help = (clicks) => { if (clicks) open("help"); };

export const theory = (clicks) => { if (clicks) open("theory"); };

export function ensemble(clicks) {
  if (!clicks) return;
  open("ensemble");
  window.dispatchEvent(new Event("resize")); // the graphs take the room that they now have
}

function say(button, text) {
  const old = button.dataset.label || button.textContent;
  button.dataset.label = old;
  button.textContent = text;
  setTimeout(() => { button.textContent = old; }, SAID);
}

async function copy(text, id) {
  try {
    await navigator.clipboard.writeText(text);
    say(document.getElementById(id), "Copied");
  } catch {
    // no permission or no secure context: offer the text itself
    window.prompt("Copy this:", text);
  }
}

export function copyLink(clicks) {
  const here = window.location.origin + window.location.pathname;
  if (clicks) copy(here + queryOf(state), "copy-link");
}

export async function copyPython(clicks) {
  if (!clicks) return;
  try {
    const { code } = await ask("python", { point: state.points[0] });
    copy(code, "copy-python");
  } catch (error) {
    say(document.getElementById("copy-python"), "Not copied");
    if (error instanceof Lost) probe(error); // the banner tells it, until it is over
  }
}

const dataPath = (file) => path(`data/${file}`) + query(state.points[0]);

const picture = (name, kind) => pictureFile(async () => {
  const plot = plotOf(name);
  return plot && toImage(plot, getComputedStyle(document.body).backgroundColor, kind);
}, `saddlesurf-${name}.${kind}`);

async function table(name) {
  const columns = await dataColumns(dataPath(`${name}.json`));
  return () => showTable(columns);
}

function showTable(columns) {
  const names = Object.keys(columns);
  const n = columns[names[0]].length;
  const stride = Math.max(1, Math.ceil(n / ROWS));
  const rows = document.createElement("tbody");
  for (let i = 0; i < n; i += stride) {
    const said = (value) => (value === null ? "–" : inWords(Number(value), 6));
    rows.append(row(names.map((name) => said(columns[name][i])), "td"));
  }
  const head = document.createElement("thead");
  head.append(row(names, "th"));
  const made = document.createElement("table");
  made.append(head, rows);
  document.getElementById("table-body").replaceChildren(made);
  open("table");
}

function row(texts, kind) {
  const tr = document.createElement("tr");
  tr.append(...texts.map((text) => Object.assign(document.createElement(kind), { textContent: text })));
  return tr;
}

// `name:kind` of a picture, `name:table:which` or `name:file`; said in the card or dialog of the button
function onExport(item) {
  const [name, what, which] = item.dataset.export.split(":");
  order(item.closest(".card, dialog"), () => {
    if (what === "png" || what === "svg") return picture(name, what);
    return what === "table" ? table(which) : dataFile(dataPath(what), `saddlesurf-${what}`);
  });
}

export function start() {
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-export]");
    if (item) onExport(item);
    closeMenus(item ? null : event.target.closest("details.menu"));
    const close = event.target.closest("[data-close]");
    if (close) document.getElementById(close.dataset.close).close();
  });
}

// Dash's callbacks on the server read the point from a store; what is dragged need not reach it
export function arrive() {
  const hand = () => setProps("parameters", { data: state.points[0] });
  listen((now, before) => {
    if (!now.moving && (now.points[0] !== before.points[0] || before.moving)) hand();
  });
  if (state.known) hand();
}
