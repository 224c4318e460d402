// What the page still has to do, told on the document: data-page is "busy" while anything is, else "settled". The
// tests wait for it, and so may whoever drives the page by a script.
const held = new Set();

function show() {
  const word = held.size ? "busy" : "settled";
  if (document.documentElement.dataset.page !== word) document.documentElement.dataset.page = word;
}

export function begin(what) {
  held.add(what);
  show();
}

export function end(what) {
  if (held.delete(what)) show();
}

export const pending = () => [...held];
