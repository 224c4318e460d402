// A point as a file's name says it and as a figure for paper does; pure. The server names its files alike
// (app/page/file_name.py).
import { say, short, toNumber } from "./format.mjs";
import { specification } from "./specification.mjs";

const { defaults } = specification;
const ALWAYS = ["p", "d2", "dp"];
const OTHERS = ["m0", "T", "tmax"];
const OF_INSTANCE = ["start", "then", "until"];
const WORDS = { T: "temp" }; // t and T are one letter where case does not count

const isDefault = (point, name) => String(point[name]) === String(defaults[name]);

// saddlesurf-flow-p3-d2_0.5-dp_1; `time`: the moment that is shown, `ofInstance`: size and seed count too
export function stem(what, point, { time = null, ofInstance = false } = {}) {
  const parts = [`p${point.p}`, `d2_${short(point.d2)}`, `dp_${short(point.dp)}`];
  for (const name of OTHERS) if (!isDefault(point, name)) parts.push(`${WORDS[name] || name}_${short(point[name])}`);
  if (time !== null) parts.push(`t_${short(time)}`);
  if (ofInstance) {
    parts.push(`N_${point.N}`, `seed_${point.seed}`);
    for (const name of OF_INSTANCE) if (!isDefault(point, name)) parts.push(`${name}_${short(point[name])}`);
  }
  return ["saddlesurf", what.replaceAll("_", "-"), ...parts].join("-");
}

// the parameters that count, in parts of a line over a figure; subscripts as plotly writes them
export function parts(point, { time = null, counts = [...ALWAYS, ...OTHERS], ofInstance = false } = {}) {
  const names = {
    p: "p", d2: "Δ<sub>2</sub>", dp: "Δ<sub>p</sub>", m0: "m<sub>0</sub>", T: "T", tmax: "t<sub>max</sub>",
  };
  const said = counts.filter((name) => name !== "T" || Number(point.T) > 0)
    .map((name) => `${names[name]} = ${say(toNumber(point[name]), 4)}`);
  if (time !== null) said.push(`t = ${say(time, 4)}`);
  if (ofInstance) said.push(`N = ${say(point.N)}`, `seed ${point.seed}`);
  return said;
}
