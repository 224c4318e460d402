// Numbers as the page says them, as boxes hold them, and the moment's way between its slider and a time.

export const toNumber = (value) => (value === "inf" ? Infinity : Number(value));

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (exponent) => String(exponent).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);

// as engine/words.py says it in sentences and pictures: 0.812, −1.5, 10⁻¹⁰, 3.2·10⁵
export function say(value, digits = 3) {
  if (!Number.isFinite(value)) return { Infinity: "∞", "-Infinity": "−∞" }[value] || "–";
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(round(value, digits)).replace("-", "−");
  const [mantissa, exponent] = round(value, digits).toExponential().replace("+", "").split("e");
  const power = `10${raised(exponent)}`;
  return { 1: power, "-1": `−${power}` }[mantissa] || `${mantissa.replace("-", "−")}·${power}`;
}

// what somebody else has written with numbers, in the same form: 1.9e-5 is 1.9·10⁻⁵, -0.5 is −0.5
export function inOurForm(text) {
  const powers = text.replace(/(\d+(?:\.\d+)?)e([+\-−]?)(\d+)/g, (_, mantissa, sign, power) => {
    const ten = `10${raised((sign === "-" || sign === "−" ? "-" : "") + power)}`;
    return mantissa === "1" ? ten : `${mantissa}·${ten}`;
  });
  return powers.replace(/(^|[^\w)])-(?=\d)/g, "$1−");
}

// as a box holds it, to be edited on any keyboard
export function display(value) {
  if (value === Infinity) return "inf";
  const text = Number(value.toPrecision(6));
  const size = Math.abs(text);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return text.toExponential().replace("e+", "e");
  return String(text);
}

// in the name of a file: six digits, no plus sign: 0.4348, 1e-10, inf
export function short(value) {
  if (typeof value === "string") return value;
  const rounded = round(value, 6);
  const size = Math.abs(rounded);
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(rounded);
  const [mantissa, exponent] = rounded.toExponential().split("e");
  return `${mantissa}e${Number(exponent)}`;
}

export const round = (value, digits) => Number(value.toPrecision(digits));

export const within = (value, [lower, upper]) => Math.min(upper, Math.max(lower, value));

// the moment is a fraction of the logarithmic axis from the first drawn time to the last
export function timeOf(fraction, last, first) {
  return 10 ** (Math.log10(first) + fraction * (Math.log10(last) - Math.log10(first)));
}

export function fractionOf(time, last, first) {
  return within(Math.log10(time / first) / Math.log10(last / first), [0, 1]);
}
