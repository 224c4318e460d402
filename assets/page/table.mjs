// A table of texts as an element.

export function tableOf(names, rows) {
  const head = document.createElement("thead");
  head.append(row(names, "th"));
  const body = document.createElement("tbody");
  body.append(...rows.map((texts) => row(texts, "td")));
  const made = document.createElement("table");
  made.append(head, body);
  return made;
}

function row(texts, kind) {
  const tr = document.createElement("tr");
  tr.append(...texts.map((text) => Object.assign(document.createElement(kind), { textContent: text })));
  return tr;
}
