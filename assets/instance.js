// The real instance: its switch and buttons change the state; and Play walks through the flow by its moment.
(function () {
  "use strict";
  const { state, change, listen } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const FIRST_SIZE = 10000;
  const LONGEST = 1000;
  const MOST_RUNS = 8;
  const DURATION = 9000; // ms of a whole Play
  const STEPS = 24; // of a Play without motion

  function set(patch) {
    const parameters = Object.assign({}, state.parameters, patch);
    change({ parameters, settled: true, errors: {}, keep: null, visit: "replace" }, "instance");
  }

  const actions = {
    new: ({ seed }) => ({ seed: (Number(seed) + 1) % 2 ** 32, then: "" }),
    other: ({ then }) => ({ then: then + "o" }),
    flip: ({ then }) => ({ then: then + "f" }),
    longer: ({ until }) => ({ until: Math.min(LONGEST, 2 * until) }),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-instance]");
    if (button && state.parameters) set(actions[button.dataset.instance](state.parameters));
    if (event.target.closest("#play")) toggle();
  });

  let size = FIRST_SIZE; // what the switch comes back to
  listen(function (now, before) {
    if (!now.parameters || now.parameters === before.parameters) return;
    const { N, start, then, until } = now.parameters;
    const shown = N > 0;
    if (shown) size = N;
    const box = document.getElementById("instance-controls");
    if (box.hidden === shown) {
      box.hidden = !shown;
      dash.set_props("instance-switch", { checked: shown });
    }
    if (!before.parameters || before.parameters.start !== start) dash.set_props("instance-start", { value: start });
    const button = (name) => document.querySelector(`[data-instance=${name}]`);
    button("other").disabled = button("flip").disabled = then.length >= MOST_RUNS;
    button("longer").disabled = until >= LONGEST;
  });

  let playing = null; // the moment and time at which it began

  function toggle() {
    if (playing) {
      stop();
      return;
    }
    const from = state.moment >= 0.999 ? 0 : state.moment;
    playing = { from, since: performance.now() };
    show();
    requestAnimationFrame(step);
  }

  function stop() {
    playing = null;
    show();
  }

  function show() {
    const button = document.getElementById("play");
    button.textContent = playing ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(Boolean(playing)));
  }

  function step(now) {
    if (!playing) return;
    const smooth = playing.from + (now - playing.since) / DURATION;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const moment = Math.min(1, still ? Math.floor(smooth * STEPS) / STEPS : smooth);
    if (Math.abs(moment - state.moment) > 0.002) dash.set_props("moment", { value: moment });
    if (moment >= 1) stop();
    else requestAnimationFrame(step);
  }

  dash.instance = {
    switched: function (checked) {
      if (!state.parameters || checked === state.parameters.N > 0) return;
      set({ N: checked ? size : 0 });
    },
    started: function (start) {
      if (!state.parameters || start === state.parameters.start) return;
      set({ start, then: "" });
    },
  };
})();
