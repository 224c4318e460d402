// The page's one state: parameters and what is looked at. Sliders, number boxes, the handle, the story, keys and the
// address change it through `change`; whoever shows it has said so with `listen`. Dash's callback graph is kept out of
// this loop (its bookkeeping costs more than a picture): scripts talk to each other here, and to Dash by set_props.
(function () {
  "use strict";
  const SETTLE = 250; // ms without a change until what moves counts as settled
  const listeners = [];
  let timer = null;

  const state = {
    parameters: null, // {p, d2, dp, m0, T, tmax}, with "inf" for an infinite noise
    settled: true, // nothing moves
    story: null, // key of the story point that is told
    errors: {}, // sentences by parameter
    keep: null, // the box whose wrong text stays as it was typed
    visit: "none", // what the address bar does: "push" a new entry, "replace" it, or "none"
    theme: null,
    choices: {}, // what is looked at on the cards, by name
    moment: 1, // fraction of the flow's logarithmic time axis
  };

  function change(patch, source) {
    const before = Object.assign({}, state);
    Object.assign(state, patch);
    if (!state.settled) {
      clearTimeout(timer);
      timer = setTimeout(() => change({ settled: true, visit: "replace" }, "settle"), SETTLE);
    }
    listeners.forEach((tell) => tell(state, before, source));
  }

  const toNumber = (value) => (value === "inf" ? Infinity : Number(value));

  function display(value) {
    if (value === Infinity) return "inf";
    const text = Number(value.toPrecision(6));
    const size = Math.abs(text);
    if (size !== 0 && (size < 1e-3 || size >= 1e5)) return text.toExponential().replace("e+", "e");
    return String(text);
  }

  // the moment's slider: a fraction of the logarithmic axis from t = 0.1 to t_max
  const timeOf = (fraction, tmax) => 10 ** (-1 + fraction * (Math.log10(tmax) + 1));
  const fractionOf = (time, tmax) => Math.min(1, Math.max(0, (Math.log10(time) + 1) / (Math.log10(tmax) + 1)));

  window.saddlesurf = {
    state, change, toNumber, display, timeOf, fractionOf,
    listen: (tell) => listeners.push(tell), // told after every change of the state
    prepare: {}, // by card: adds to a new picture what only the page knows
    drawn: [], // told after every new picture: (name of the card, its plot)
  };
})();
