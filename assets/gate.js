// One request in flight for all cards; when its answer has come, the newest wish follows. What nobody waits for any
// more is never asked, and a card is asked for only if something it shows has changed.
(function () {
  "use strict";
  const { listen, state } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const LATE = 400; // ms after which the old picture is dimmed
  const PATIENCE = 20000; // ms until a silent request is given up
  const gate = { busy: false, waiting: false, number: 0, since: 0 };
  const asked = {}; // what each card was last asked for
  const WEIGHTS = { landscape: 2.01 }; // the landscape comes twice where another card comes once
  const turns = {}; // when each card was last asked
  let turn = 0;
  let moved = false; // whether the last request was made while something moved
  const tries = {}; // how often Retry was pressed on it

  function wishOf(panel, config) {
    const parameters = config.parameters.map((name) => state.parameters[name]);
    const looks = config.looks.map((name) => (name in state ? state[name] : state.choices[name]));
    return JSON.stringify([state.theme, tries[panel] || 0, parameters, looks]);
  }

  let late = null; // timer of the request in flight

  // a card is marked only when its answer is late: a drag must not restyle the page at every picture
  function mark(panels) {
    clearTimeout(late);
    late = setTimeout(() => {
      panels.forEach((panel) => document.getElementById(panel + "-card").setAttribute("aria-busy", "true"));
      say("working");
    }, LATE);
  }

  function unmark() {
    clearTimeout(late);
    document.querySelectorAll("[aria-busy]").forEach((card) => card.removeAttribute("aria-busy"));
    say("idle");
  }

  function say(words) {
    const status = document.getElementById("status");
    if (status.textContent === words) return;
    status.textContent = words;
    status.classList.toggle("working", words === "working");
  }

  function offer() {
    const config = window.saddlesurf.panels;
    if (!state.parameters || !state.theme || !config) return;
    if (gate.busy && Date.now() - gate.since < PATIENCE) {
      gate.waiting = true;
      return;
    }
    const wishes = Object.keys(config).map((panel) => [panel, wishOf(panel, config[panel])]);
    const different = wishes.filter(([panel, wish]) => asked[panel] !== wish);
    const changed = inTurn(different);
    const left = state.settled && changed.length < different.length;
    Object.assign(gate, { busy: changed.length > 0, waiting: left, since: Date.now() });
    if (!changed.length) return;
    // just come to rest: the curve at once; asked for again, with the others, for what takes longer
    const hurry = left;
    changed.forEach(([panel, wish]) => { asked[panel] = hurry && panel === "flow" ? null : wish; });
    const panels = changed.map(([panel]) => panel);
    mark(panels);
    turn += 1;
    panels.forEach((panel) => { turns[panel] = turn; });
    const { parameters, theme, settled, moment, story, choices } = state;
    gate.number += 1;
    const data = { number: gate.number, panels, parameters, theme, settled, hurry, moment, story, ...choices };
    dash.set_props("request", { data });
  }

  function open() {
    gate.busy = false;
    unmark();
    if (gate.waiting) offer();
  }

  // While something moves the flow and the sentence are asked for every time, the others by turns: a picture costs the
  // browser 15 to 20 ms to paint. At rest everything is asked for.
  function inTurn(changed) {
    const always = ({ 0: panel }) => panel === "flow" || panel === "sentence";
    if (state.settled) {
      const first = moved ? changed.filter(always) : []; // come to rest: the flow at once, the others after it
      moved = false;
      return first.length ? first : changed;
    }
    moved = true;
    const waited = ([panel]) => (turn + 1 - (turns[panel] || 0)) * (WEIGHTS[panel] || 1);
    const others = changed.filter((wish) => !always(wish)).sort((a, b) => waited(b) - waited(a));
    return [...changed.filter(always), ...others.slice(0, 1)];
  }

  // A picture becomes its Graph's property; while something moves it is handed to plotly.js directly, since by way of
  // the property each costs another 10 ms. The settled picture follows in any case.
  function draw(panel, figure, settled) {
    const gd = document.querySelector(`#${panel}-graph .js-plotly-plot`);
    const prepare = window.saddlesurf.prepare[panel];
    if (prepare) prepare(figure);
    if (settled || !gd || !gd.dataset.watched) {
      dash.set_props(panel + "-graph", { figure });
      watch(panel);
    } else {
      window.Plotly.react(gd, figure.data, figure.layout, window.saddlesurf.specification.graph);
    }
  }

  function watch(panel) {
    const gd = document.querySelector(`#${panel}-graph .js-plotly-plot`);
    if (!gd || !gd.on || !gd._fullLayout) {
      requestAnimationFrame(() => watch(panel)); // dcc.Graph is still fetching plotly.js
      return;
    }
    if (gd.dataset.watched) return;
    gd.dataset.watched = "yes";
    const tell = () => window.saddlesurf.drawn.forEach((listener) => listener(panel, gd));
    gd.on("plotly_afterplot", tell);
    tell();
  }

  function write(panel, words) {
    const caption = document.getElementById(panel + "-caption");
    const note = document.getElementById(panel + "-note");
    const parts = typeof words.caption === "string" ? null : words.caption.map((part) => {
      const paragraph = document.createElement("p");
      paragraph.className = part.kind;
      if (part.lead) paragraph.append(Object.assign(document.createElement("strong"), { textContent: part.lead + " " }));
      paragraph.append(part.text);
      return paragraph;
    });
    if (parts) caption.replaceChildren(...parts);
    else if (caption.textContent !== words.caption) caption.textContent = words.caption;
    if (note.textContent !== words.note) note.textContent = words.note;
    note.classList.toggle("failed", words.failed);
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
    // the next wish goes out before this answer is painted: server and browser work at the same time
    release: function (answer) {
      if (answer.number === gate.number) open();
      setTimeout(() => {
        let again = false;
        for (const [panel, card] of Object.entries(answer.cards)) {
          write(panel, card);
          if (card.more && state.settled && asked[panel]) {
            asked[panel] = null; // a longer run is to be had
            again = true;
          }
          if (card.figure) draw(panel, card.figure, answer.settled);
        }
        if (again) offer();
      }, 0);
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
