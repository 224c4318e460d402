// One request of a card in flight; when its answer has come, the newest wish follows. What nobody waits for any more
// is never asked.
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const gates = {};
  const PATIENCE = 20000; // ms until a silent request is given up

  function gate(request) {
    return (gates[request] = gates[request] || { busy: false, next: null, last: null, since: 0 });
  }

  function busyCards() {
    return Object.values(gates).filter((g) => g.busy).length;
  }

  function announce() {
    const status = document.getElementById("status");
    if (status) {
      const n = busyCards();
      status.textContent = n ? "working" : "idle";
      status.classList.toggle("working", n > 0);
    }
  }

  function send(g, wish) {
    g.busy = true;
    g.last = JSON.stringify(wish);
    g.next = null;
    g.since = Date.now();
    announce();
    return wish;
  }

  function open(request) {
    const g = gate(request);
    g.busy = false;
    if (g.next) dash.set_props(request, { data: send(g, g.next) });
    announce();
  }

  dash.gate = {
    request: function (...args) {
      const context = dash.callback_context;
      const request = context.outputs_list.id;
      const config = args[args.length - 1][request];
      const parameters = args[0];
      if (!parameters || !args[1]) return dash.no_update; // not read yet
      const wish = { theme: args[1], parameters: {}, retry: args[2] || 0 };
      for (const name of config.reads) wish.parameters[name] = parameters[name];
      context.inputs_list.slice(3).forEach((input, i) => { wish[input.id] = args[3 + i]; });
      const g = gate(request);
      if (JSON.stringify(wish) === g.last) { g.next = null; return dash.no_update; }
      if (g.busy && Date.now() - g.since < PATIENCE) { g.next = wish; return dash.no_update; }
      return send(g, wish);
    },

    release: function (running) {
      const panel = dash.callback_context.triggered[0];
      if (running === false && panel) open(panel.prop_id.split(".")[0].replace(/-running$/, "-request"));
      return dash.no_update;
    },
  };
  window.saddlesurf = Object.assign(window.saddlesurf || {}, { gates });
})();
