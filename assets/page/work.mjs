// What the page still has to do, told on the document: data-page is "busy" while anything is, else "settled". The
// tests wait for it, and so may whoever drives the page by a script.
const held = new Set();
let waiting = []; // told once, when nothing is under way

function show() {
  const word = held.size ? "busy" : "settled";
  if (document.documentElement.dataset.page !== word) document.documentElement.dataset.page = word;
  if (held.size) return;
  const told = waiting;
  waiting = [];
  for (const tell of told) tell();
}

export function whenSettled(tell) {
  waiting.push(tell);
  if (!held.size) requestAnimationFrame(show);
}

export function begin(what) {
  held.add(what);
  show();
}

export function end(what) {
  if (held.delete(what)) show();
}

export const pending = () => [...held];
