// Who asks for an ensemble on this page, told to the server when the page really goes: the server is patient with a
// tab that is hidden, whose clock browsers slow to one tick a minute.
import { path } from "./server.mjs";

let asker = "";

export function asked(store) {
  asker = store ? store.asker : "";
}

// pagehide: the tab is closed or another page comes, never that it is only hidden. Should the page come back from the
// browser's memory it asks again, and is answered.
export function start() {
  window.addEventListener("pagehide", () => {
    if (asker) navigator.sendBeacon(path("goodbye"), JSON.stringify({ asker }));
  });
}
