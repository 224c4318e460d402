// Numbers as the page says them, and the moment's way between its slider and a time.

export const toNumber = (value) => (value === "inf" ? Infinity : Number(value));

export function display(value) {
  if (value === Infinity) return "inf";
  const text = Number(value.toPrecision(6));
  const size = Math.abs(text);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return text.toExponential().replace("e+", "e");
  return String(text);
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
