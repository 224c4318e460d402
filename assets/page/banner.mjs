// The banner says what stands between the page and its server, and what to do; while nothing does, it is hidden.
import { SENTENCES, isNewer } from "./answers.mjs";

const TO_RELOAD = ["signedOut", "unknown", "newVersion"];
let told = null; // a name of SENTENCES

// a reason, or null when the server has answered; may come before the banner is there
export function tell(reason) {
  told = isNewer() ? "newVersion" : reason;
  show();
}

export function show() {
  const banner = document.getElementById("banner");
  const words = told ? SENTENCES[told] : "";
  if (!banner || (banner.dataset.reason || "") === (told || "")) return;
  banner.dataset.reason = told || "";
  banner.replaceChildren(words);
  if (TO_RELOAD.includes(told)) banner.append(" ", reloadButton());
  banner.hidden = !told;
}

function reloadButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Reload" });
  button.addEventListener("click", () => window.location.reload());
  return button;
}
