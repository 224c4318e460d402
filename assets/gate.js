// One request in flight for all cards; when its answer has come, the newest wish follows. What nobody waits for any
// more is never asked, and a card is asked for only if something it shows has changed.
(function () {
  "use strict";
  const { listen, state } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PATIENCE = 20000; // ms until a silent request is given up
  const gate = { busy: false, waiting: false, number: 0, since: 0 };
  const asked = {}; // what each card was last asked for
  const tries = {}; // how often Retry was pressed on it

  function wishOf(panel, config) {
    const parameters = config.parameters.map((name) => state.parameters[name]);
    const looks = config.looks.map((name) => (name in state ? state[name] : state.choices[name]));
    return JSON.stringify([state.theme, tries[panel] || 0, parameters, looks]);
  }

  function mark(panels, busy) {
    for (const panel of panels) {
      const card = document.getElementById(panel + "-card");
      if (busy) card.setAttribute("aria-busy", "true");
      else card.removeAttribute("aria-busy");
    }
    const status = document.getElementById("status");
    status.textContent = busy ? "working" : "idle";
    status.classList.toggle("working", busy);
  }

  function offer() {
    const config = window.saddlesurf.panels;
    if (!state.parameters || !state.theme || !config) return;
    if (gate.busy && Date.now() - gate.since < PATIENCE) {
      gate.waiting = true;
      return;
    }
    const wishes = Object.keys(config).map((panel) => [panel, wishOf(panel, config[panel])]);
    const changed = wishes.filter(([panel, wish]) => asked[panel] !== wish);
    Object.assign(gate, { busy: changed.length > 0, waiting: false, since: Date.now() });
    if (!changed.length) return;
    changed.forEach(([panel, wish]) => { asked[panel] = wish; });
    const panels = changed.map(([panel]) => panel);
    mark(panels, true);
    const { parameters, theme, settled, moment, story, choices } = state;
    gate.number += 1;
    const data = { number: gate.number, panels, parameters, theme, settled, moment, story, ...choices };
    dash.set_props("request", { data });
  }

  function open() {
    gate.busy = false;
    if (gate.waiting) offer();
    if (!gate.busy) mark(Object.keys(asked), false);
  }

  listen(offer);

  document.addEventListener("click", (event) => {
    const retry = event.target.closest(".retry");
    if (!retry) return;
    const panel = retry.id.replace(/-retry$/, "");
    tries[panel] = (tries[panel] || 0) + 1;
    offer();
  });

  dash.gate = {
    release: function (number) {
      if (number === gate.number) open();
    },
  };
  // an answer that never comes (the server has gone) must not shut the gate for good
  window.saddlesurf.askAgain = () => {
    Object.keys(asked).forEach((panel) => { delete asked[panel]; });
    gate.busy = false;
    offer();
  };
  window.saddlesurf.gate = gate;
})();
