// Sliders and number boxes: what they say goes into the state, what the state says goes into them.
(function () {
  "use strict";
  const { state, change, listen, toNumber, display } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const specification = () => window.saddlesurf.specification;
  const shown = {}; // what set_props has put into each control

  const isLog = (control) => control.scale.startsWith("log");

  function fromSlider(control, position, old) {
    if (!isLog(control)) return position;
    const size = Number((10 ** position).toPrecision(4));
    if (control.scale === "log-whole") return Math.round(Number(size.toPrecision(2)));
    return old < 0 ? -size : size;
  }

  function toSlider(control, value) {
    const raw = isLog(control) ? Math.log10(Math.abs(value)) : value;
    const clamped = Math.min(control.upper, Math.max(control.lower, raw));
    return Number((Math.round(clamped / control.step) * control.step).toFixed(6));
  }

  function textOf(box, parameters) {
    return box === "inverse-d2" ? display(1 / toNumber(parameters.d2)) : display(toNumber(parameters[box]));
  }

  function show(id, props) {
    const text = JSON.stringify(props);
    if (shown[id] === text) return;
    shown[id] = text;
    dash.set_props(id, props);
  }

  listen(function (now, before, source) {
    if (!now.parameters || !specification()) return;
    if (source === "handle" && !now.settled) return; // told beside the handle; the controls follow when it rests
    for (const control of specification().controls) {
      const id = control.name + "-slider";
      if (source !== id) show(id, { value: toSlider(control, toNumber(now.parameters[control.name])) });
    }
    for (const box of specification().boxes) {
      const error = now.errors[box] || "";
      show(box + "-box", now.keep === box ? { error } : { value: textOf(box, now.parameters), error });
    }
    const address = document.getElementById("address-error");
    if (address) address.textContent = now.errors.address || "";
  });

  dash.controls = {
    slid: function (...positions) {
      if (!state.parameters) return;
      specification().controls.forEach((control, i) => {
        const id = control.name + "-slider";
        const old = toNumber(state.parameters[control.name]);
        if (Math.abs(positions[i] - toSlider(control, old)) < 1e-9) return; // it shows this value already
        shown[id] = JSON.stringify({ value: positions[i] });
        const value = fromSlider(control, positions[i], old);
        const parameters = Object.assign({}, state.parameters, { [control.name]: value });
        change({ parameters, settled: false, story: null, errors: {}, keep: null, visit: "replace" }, id);
      });
    },

    // what was typed goes to the server, which alone knows what is valid
    typed: function (...args) {
      const boxes = specification().boxes;
      const texts = args.slice(-boxes.length);
      const triggered = dash.callback_context.triggered;
      const name = triggered.length ? triggered[0].prop_id.split(".")[0].replace(/-box$/, "") : "";
      const i = boxes.indexOf(name);
      if (i < 0 || !state.parameters) return dash.no_update;
      delete shown[name + "-box"];
      const wish = { name, text: String(texts[i]), parameters: state.parameters, at: Date.now() };
      if (texts[i] !== textOf(name, state.parameters)) return wish;
      // put back to what holds: nothing to change, but a sentence may have to go
      const short = name === "inverse-d2" ? "d2" : name;
      return state.errors[short] ? { ...wish, name: short, text: String(state.parameters[short]) } : dash.no_update;
    },

    // the server has read an address or a box
    proposed: function (proposal) {
      if (!proposal) return;
      const { parameters, errors, box, origin, story } = proposal;
      if (origin !== "address") {
        change({ parameters, errors, keep: box, story, settled: true, visit: "replace" }, origin);
        return;
      }
      const choices = {};
      for (const [name, { many }] of Object.entries(specification().choices)) {
        choices[name] = many ? proposal.choices[name] : proposal.choices[name][0];
        dash.set_props(name + "-choice", { value: choices[name] });
      }
      change({ parameters, errors, keep: box, story, settled: true, choices, visit: "none" }, origin);
    },
  };
})();
