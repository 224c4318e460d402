// On paper: pictures of a size that A4 holds, while the browser prints, and a line that says what they show.
import { here } from "./menus.mjs";
import { plotOf, resize } from "./plot.mjs";
import { parts } from "./point.mjs";
import { specification } from "./specification.mjs";
import { state } from "./state.mjs";

const HALF = { width: 328, height: 228 }; // px of a picture beside another on A4, as in style.css
const WHOLE = { width: 676, height: 440 };
const names = Object.keys(specification.cards).filter((name) => specification.cards[name].picture);

function prepare() {
  const [point] = state.points;
  const said = parts(point, { ofInstance: point.N > 0 }).join(", ").replace(/<sub>p<\/sub>/g, "ₚ")
    .replace(/<sub>2<\/sub>/g, "₂").replace(/<sub>0<\/sub>/g, "₀").replace(/<sub>max<\/sub>/g, "_max");
  document.getElementById("printed").textContent = `${said}. ${here()}`;
  const seen = names.map(plotOf).filter((plot) => plot && plot.offsetParent);
  seen.forEach((plot) => resize(plot, seen.length > 1 ? HALF : WHOLE));
}

export function start() {
  window.addEventListener("beforeprint", prepare);
  window.addEventListener("afterprint", () => names.map(plotOf).forEach((plot) => plot && resize(plot, null)));
}
