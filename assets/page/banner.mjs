// The banner says what stands between the page and its server, and what to do; while nothing does, it is hidden.
import { SENTENCES, isNewer } from "./answers.mjs";

const TO_RELOAD = ["signedOut", "unknown", "newVersion"];
let told = null; // a name of SENTENCES
let waiting = ""; // what the server itself says it is doing: it answers, but not yet

// a reason, or null when the server has answered; may come before the banner is there
export function tell(reason) {
  told = isNewer() ? "newVersion" : reason;
  show();
}

export function wait(words) {
  waiting = words;
  show();
}

export function show() {
  const banner = document.getElementById("banner");
  const words = waiting || (told ? SENTENCES[told] : "");
  const reason = waiting || told || "";
  if (!banner || (banner.dataset.reason || "") === reason) return;
  banner.dataset.reason = reason;
  banner.replaceChildren(words);
  if (!waiting && TO_RELOAD.includes(told)) banner.append(" ", reloadButton());
  banner.classList.toggle("calm", Boolean(waiting));
  banner.hidden = !reason;
}

function reloadButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Reload" });
  button.addEventListener("click", () => window.location.reload());
  return button;
}
