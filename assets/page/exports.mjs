// What is saved of a card: its picture, made for paper, and the tables of what is drawn.
import { query } from "./address.mjs";
import { dataColumns, dataFile, order, pictureFile } from "./download.mjs";
import { say as inWords } from "./format.mjs";
import { arrange } from "./labels.mjs";
import { copyAnswer, here } from "./menus.mjs";
import { momentTime } from "./moment.mjs";
import { figureOf } from "./paint.mjs";
import { onPaper, sheet, sized } from "./paper.mjs";
import { imageOf, plotOf } from "./plot.mjs";
import { withDensity } from "./png.mjs";
import { parts, stem } from "./point.mjs";
import { ask, path } from "./server.mjs";
import { specification } from "./specification.mjs";
import { listen, state } from "./state.mjs";
import { tableOf } from "./table.mjs";

const ROWS = 200; // of a table that is shown, at most
const { cards } = specification;

// the address of a table, of the moment that is shown if it is of one; in CSV what it is of comes first
function dataPath(file, isTimed) {
  const said = query(state.points[0]);
  const more = [...(isTimed ? [`t=${momentTime()}`] : []), ...(file.endsWith(".csv") ? ["header=1"] : [])].join("&");
  return path(`data/${file}`) + said + (more ? (said ? "&" : "?") + more : "");
}

// of the tables that a card offers now, whether one is of this kind
const has = (name, kind) => Boolean(document.querySelector(`#${name}-export .export-row${kind}:not([hidden])`));

// as a light page has it
async function light(name) {
  if (state.theme === "light") return figureOf(name);
  const looks = { ...state.looks, moment: state.moment, story: state.story };
  const message = { number: 0, cards: [name], pace: "leisure", theme: "light", points: state.points, looks };
  const { cards: answers } = await ask("cards", message);
  return answers[name].figure || null;
}

// a card with what is looked at on it, of which there is one
function viewOf(name, joint) {
  const { looks, switch: extra } = cards[name];
  const view = looks.filter((look) => !extra || look !== extra.look).map((look) => state.looks[look])
    .find((chosen) => typeof chosen === "string");
  return view ? name + joint + view : name;
}

function picture(name, kind, size) {
  const [point] = state.points;
  const time = has(name, '[data-timed="true"]') ? momentTime() : null;
  const ofInstance = has(name, '[data-needs="instance"]');
  const named = stem(viewOf(name, "-"), point, { time, ofInstance });
  return pictureFile(async () => {
    const [plot, figure] = [plotOf(name), await light(name)];
    if (!plot || !figure) return null;
    const paper = sheet(size, plot.getBoundingClientRect());
    const counts = (figure.layout.meta || {}).plane ? ["p", "d2", "dp", "T"] : undefined;
    const line = parts(point, { time, ofInstance, counts });
    const at = [Number(point.dp === "inf" ? Infinity : point.dp), 1 / Number(point.d2 === "inf" ? Infinity : point.d2)];
    const made = await imageOf(onPaper(figure, paper, { line, at }), { ...paper, format: kind }, arrange);
    const change = { svg: (text) => sized(text, paper), png: (bytes) => withDensity(bytes, 96 * paper.density) };
    return { url: made, change: change[kind] };
  }, `${named}.${kind}`);
}

async function table(name, isTimed) {
  const columns = await dataColumns(dataPath(`${name}.json`, isTimed));
  return () => showTable(columns);
}

function showTable(columns) {
  const names = Object.keys(columns);
  const n = columns[names[0]].length;
  const stride = Math.max(1, Math.ceil(n / ROWS));
  const rows = [];
  for (let i = 0; i < n; i += stride) rows.push(names.map((name) => said(columns[name][i])));
  document.getElementById("table-body").replaceChildren(tableOf(names, rows));
  document.getElementById("table").showModal();
}

function said(value) {
  if (value === null) return "–";
  return typeof value === "string" ? value : inWords(Number(value), 6);
}

// `name:kind:size` of a picture, `name:table:which` or `name:file`; said in the card or dialog of the button
function onExport(item) {
  const [name, what, which] = item.dataset.export.split(":");
  const { timed, needs } = (item.closest("[data-needs]") || item).dataset;
  order(item.closest(".card, dialog"), () => {
    if (what === "png" || what === "svg") return picture(name, what, which);
    if (what === "table") return table(which, timed === "true");
    const [file, kind] = what.split(".");
    const time = timed === "true" ? momentTime() : null;
    const named = stem(file, state.points[0], { time, ofInstance: needs === "instance" });
    return dataFile(dataPath(what, timed === "true"), `${named}.${kind}`);
  });
}

function onCopy(item) {
  const [name, what] = item.dataset.copy.split(":");
  if (what === "cite") copyAnswer(item, "cite", { address: here() });
  else copyAnswer(item, "python", { point: state.points[0], view: viewOf(name, ":"), time: momentTime() });
}

// of the tables only those of what is drawn
function offer({ looks, points: [point] }) {
  for (const item of document.querySelectorAll(".export-row")) {
    const { look, views, needs } = item.dataset;
    const isDrawn = !views || views.split(",").includes(String(looks[look]));
    item.hidden = !isDrawn || (needs === "instance" && !(point.N > 0 && Number(point.T) === 0));
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-export]");
    if (item) onExport(item);
    const copied = event.target.closest("[data-copy]");
    if (copied) onCopy(copied);
  });
}

export function arrive() {
  listen((now, before) => {
    if (now.looks !== before.looks || now.points[0] !== before.points[0]) offer(now);
  });
  offer(state);
}
