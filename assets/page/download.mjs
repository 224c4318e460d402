// Files: fetched (or made by the browser), checked, and saved from memory, so that the page never leaves itself. What
// goes wrong is said where the button stands.
import { pause } from "./again.mjs";
import { Lost, Refused, reach, readFile, readJson } from "./answers.mjs";
import { specification } from "./specification.mjs";
import { begin, end } from "./work.mjs";

const KEPT = 60_000; // ms that a saved file stays in memory: some browsers are slow to take it
const NOTHING = "Nothing was saved.";
const NO_PICTURE = "There is no picture yet.";
const { pace } = specification;
let asked = 0;

// what concerns one place (a card, a dialog) is done one after the other's order: only the newest order counts there
export async function order(place, making) {
  const mine = String((asked += 1));
  const what = `file ${mine}`;
  place.dataset.order = mine;
  const isWanted = () => place.dataset.order === mine;
  begin(what);
  try {
    say(place, "Preparing …");
    const used = await untilNotBusy(place, making, isWanted);
    if (!isWanted()) return;
    say(place, "");
    used();
  } catch (error) {
    if (isWanted()) say(place, `${NOTHING} ${sentenceOf(error)}`, true);
  } finally {
    end(what);
  }
}

// too many requests: later, by itself
async function untilNotBusy(place, making, isWanted) {
  for (;;) {
    try {
      return await making();
    } catch (error) {
      if (!(error instanceof Lost) || error.reason !== "busy" || !isWanted()) throw error;
      say(place, error.message, true);
      await pause(error);
    }
  }
}

// of a loss what has happened; what it means for the page the banner says
function sentenceOf(error) {
  if (error instanceof Lost) return `${error.message.split(". ")[0].replace(/\.$/, "")}.`;
  if (error instanceof Refused) return error.message;
  return `The browser could not do it: ${error && error.message ? error.message : error}`;
}

function say(place, words, isFailure = false) {
  let element = place.querySelector(".order");
  if (!element) {
    if (!words) return;
    element = document.createElement("p");
    element.setAttribute("role", "status");
    const body = place.querySelector(".card-body, .dialog-body") || place.lastElementChild;
    body.before(element);
  }
  element.className = isFailure ? "order failed" : "order";
  element.replaceChildren(Object.assign(document.createElement("span"), { textContent: words }));
  element.hidden = !words;
}

// data of the server under this address; resolves with what saves it
export async function dataFile(url, name) {
  const blob = await readFile(await reach(url, {}, pace.download), name.split(".").at(-1));
  return () => save(blob, name);
}

export const dataColumns = async (url) => (await readJson(await reach(url, {}, pace.download), "columns")).columns;

// a picture; `made` resolves with it as a data URL and what is changed of its content: text, or bytes
export async function pictureFile(made, name) {
  const { url, change } = (await made()) || {};
  if (!url) throw new Refused(NO_PICTURE);
  const comma = url.indexOf(",");
  const [head, body] = [url.slice(0, comma), url.slice(comma + 1)];
  const isBase64 = head.endsWith(";base64");
  const plain = isBase64 ? Uint8Array.from(atob(body), (char) => char.charCodeAt(0)) : decodeURIComponent(body);
  const content = change(plain);
  const blob = new Blob([content], { type: head.slice("data:".length).split(";")[0] });
  return () => save(blob, name);
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}
