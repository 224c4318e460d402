// One store of parameters: sliders, number boxes, the handle, the story and the address all write it through
// `merge`; everything else reads it.
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const SETTLE = 250; // ms without a change until a drag counts as settled
  let settleTimer = null;

  const isLog = (control) => control.scale === "log";

  function toNumber(value) {
    return value === "inf" ? Infinity : Number(value);
  }

  function fromSlider(control, position, old) {
    if (!isLog(control)) return position;
    const size = Number((10 ** position).toPrecision(4));
    return old < 0 ? -size : size;
  }

  function toSlider(control, value) {
    const raw = isLog(control) ? Math.log10(Math.abs(value)) : value;
    const clamped = Math.min(control.upper, Math.max(control.lower, raw));
    return Number((Math.round(clamped / control.step) * control.step).toFixed(6));
  }

  function display(value) {
    if (value === Infinity) return "inf";
    const text = Number(value.toPrecision(6));
    const size = Math.abs(text);
    if (size !== 0 && (size < 1e-3 || size >= 1e5)) return text.toExponential().replace("e+", "e");
    return String(text);
  }

  function settleSoon() {
    clearTimeout(settleTimer);
    settleTimer = setTimeout(() => dash.set_props("settled", { data: true }), SETTLE);
  }

  function boxTexts(spec, parameters) {
    return spec.boxes.map((name) =>
      name === "inverse-d2" ? display(1 / toNumber(parameters.d2)) : display(toNumber(parameters[name])));
  }

  // the guide of the moment on m(t): a layout shape, moved without a new picture
  function drawMoment(t, theme) {
    const gd = document.querySelector("#flow-graph .js-plotly-plot");
    if (!gd || !gd.layout || !gd.data || !gd.data.length) return;
    const others = (gd.layout.shapes || []).filter((shape) => shape.name !== "moment");
    const guide = { name: "moment", type: "line", x0: t, x1: t, y0: 0, y1: 1, yref: "paper",
      line: { color: theme === "dark" ? "#ff8a3d" : "#D55E00", width: 1.5 } };
    window.Plotly.relayout(gd, { shapes: [...others, guide] });
  }

  dash.parameters = {
    // sliders..., proposal (from the server: address or box), gesture (from the page) | old parameters, spec, errors
    merge: function (...args) {
      const nothing = dash.no_update;
      const triggered = dash.callback_context.triggered.map((t) => t.prop_id.split(".")[0]);
      const [old, spec] = args.slice(-2);
      const gesture = args[args.length - 3];
      const proposal = args[args.length - 4];
      const n = spec.controls.length;
      const current = old || spec.defaults;
      let next = Object.assign({}, current);
      let visit = "replace";
      let story = null;
      let errors = {};
      let keep = null; // the box whose wrong text stays as it was typed
      let moved = false; // by something that may go on moving

      if (triggered.includes("proposal") && proposal) {
        next = Object.assign({}, proposal.parameters);
        errors = proposal.errors;
        keep = proposal.box;
        visit = proposal.origin === "address" ? "none" : "replace";
        story = proposal.origin === "address" ? proposal.story : null;
      } else if (triggered.includes("gesture") && gesture) {
        Object.assign(next, gesture.patch);
        moved = gesture.moving === true;
        if (gesture.story) { story = gesture.story; visit = "push"; }
      } else {
        spec.controls.forEach((control, i) => {
          if (!triggered.includes(control.name + "-slider")) return;
          const value = toNumber(current[control.name]);
          if (Math.abs(args[i] - toSlider(control, value)) < 1e-9) return; // it shows this value already
          next[control.name] = fromSlider(control, args[i], value);
          moved = true;
        });
        if (!moved) return Array(4 + n + spec.boxes.length).fill(nothing);
      }
      if (moved) settleSoon();
      dash.saddlesurf_visit = visit;
      const changed = !old || Object.keys(next).some((name) => next[name] !== old[name]);
      const sliders = spec.controls.map((control, i) => {
        const position = toSlider(control, toNumber(next[control.name]));
        return position === args[i] ? nothing : position;
      });
      const boxes = boxTexts(spec, next).map((text, i) => (spec.boxes[i] === keep ? nothing : text));
      return [changed ? next : nothing, !moved, story, errors, ...sliders, ...boxes];
    },

    // what was typed goes to the server, which alone knows what is valid
    typed: function (...args) {
      const [current, errors, spec] = args.slice(-3);
      const parameters = current || spec.defaults;
      const texts = args.slice(-3 - spec.boxes.length, -3);
      const name = dash.callback_context.triggered.length &&
        dash.callback_context.triggered[0].prop_id.split(".")[0].replace(/-box$/, "");
      const i = spec.boxes.indexOf(name);
      if (i < 0) return dash.no_update;
      const wish = { name: name, text: String(texts[i]), parameters: parameters, at: Date.now() };
      if (texts[i] !== boxTexts(spec, parameters)[i]) return wish;
      // put back to what holds: nothing to change, but a sentence may have to go
      const short = name === "inverse-d2" ? "d2" : name;
      return errors && errors[short] ? { ...wish, name: short, text: String(parameters[short]) } : dash.no_update;
    },

    sentences: function (errors, spec) {
      const names = ["address", ...spec.controls.map((control) => control.name)];
      return names.map((name) => (errors && errors[name]) || "");
    },

    moment: function (fraction, parameters, figure, theme) {
      if (!parameters) return dash.no_update;
      const t = 10 ** (-1 + fraction * (Math.log10(parameters.tmax) + 1));
      requestAnimationFrame(() => drawMoment(t, theme));
      void figure;
      if (fraction >= 1) return "end";
      return "t = " + (t >= 1e5 ? t.toExponential(1).replace("e+", "e") : String(Number(t.toPrecision(3))));
    },

    // a click on m(t) chooses that moment
    choose_moment: function (click, parameters) {
      if (!click || !parameters) return dash.no_update;
      const u = Math.log10(click.points[0].x);
      return Math.min(1, Math.max(0, (u + 1) / (Math.log10(parameters.tmax) + 1)));
    },
  };
  window.saddlesurf = Object.assign(window.saddlesurf || {}, { toNumber, display });
})();
