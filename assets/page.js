// What concerns the whole page: dark and light, keys, copying, exports, the story's buttons, a lost server.
(function () {
  "use strict";
  const { state, change, listen, display, timeOf, fractionOf } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const SCHEME = "mantine-color-scheme-value"; // where Mantine itself keeps the choice
  const UNREACHABLE = "The server does not answer. What is on the page stays; new pictures come when it is back.";

  function currentTheme() {
    const chosen = document.documentElement.getAttribute("data-mantine-color-scheme");
    if (chosen === "dark" || chosen === "light") return chosen;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  function say(element, text) {
    const old = element.dataset.label || element.textContent;
    element.dataset.label = old;
    element.textContent = text;
    setTimeout(() => { element.textContent = old; }, 1500);
  }

  async function copy(text, id) {
    const button = document.getElementById(id);
    try {
      await navigator.clipboard.writeText(text);
      say(button, "Copied");
    } catch {
      // no permission or no secure context: offer the text itself
      window.prompt("Copy this:", text);
    }
  }

  function address(path) {
    const base = document.querySelector("meta[name=saddlesurf-base]");
    return (base ? base.content : "/") + path;
  }

  const query = () => window.saddlesurf.query(state.parameters); // of the data addresses

  const graphOf = (panel) => document.querySelector(`#${panel}-graph .js-plotly-plot`);

  async function exportPicture(panel, kind) {
    const gd = graphOf(panel);
    const style = getComputedStyle(document.body);
    const box = gd.getBoundingClientRect();
    const layout = Object.assign({}, gd.layout, { paper_bgcolor: style.backgroundColor });
    const url = await window.Plotly.toImage({ data: gd.data, layout: layout, config: {} },
      { format: kind, width: Math.round(box.width), height: Math.round(box.height), scale: kind === "png" ? 3 : 1 });
    const link = document.createElement("a");
    link.href = url;
    link.download = `saddlesurf-${panel}.${kind}`;
    link.click();
  }

  async function showTable(name) {
    const answer = await fetch(address(`data/${name}.json`) + query());
    const body = await answer.json();
    const columns = Object.keys(body.columns);
    const table = document.createElement("table");
    const row = (cells, kind) => {
      const tr = document.createElement("tr");
      cells.forEach((text) => { const cell = document.createElement(kind); cell.textContent = text; tr.append(cell); });
      return tr;
    };
    const head = document.createElement("thead");
    head.append(row(columns, "th"));
    const rows = document.createElement("tbody");
    const n = body.columns[columns[0]].length;
    const stride = Math.max(1, Math.ceil(n / 200));
    for (let i = 0; i < n; i += stride) {
      rows.append(row(columns.map((c) => {
        const v = body.columns[c][i];
        return v === null ? "–" : display(Number(v));
      }), "td"));
    }
    table.append(head, rows);
    document.getElementById("table-body").replaceChildren(table);
    document.getElementById("table").showModal();
  }

  function onExport(order) {
    const [panel, what, table] = order.split(":");
    if (what === "png" || what === "svg") exportPicture(panel, what);
    else if (what === "table") showTable(table);
    else window.location.assign(address(`data/${what}`) + query());
  }

  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-export]");
    if (item) onExport(item.dataset.export);
    const menu = event.target.closest("details.menu");
    closeMenus(item ? null : menu);
    const close = event.target.closest("[data-close]");
    if (close) document.getElementById(close.dataset.close).close();
    const story = event.target.closest("[data-story]");
    if (story) tell(story.dataset.story);
  });

  function closeMenus(but) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (menu !== but) menu.open = false; });
  }

  function tell(key) {
    const point = window.saddlesurf.specification.stories.find((story) => story.key === key);
    if (!point) return;
    const parameters = Object.assign({}, state.parameters, point.parameters);
    change({ parameters, settled: true, story: key, errors: {}, keep: null, visit: "push" }, "story");
  }

  const typing = (element) => element.matches("input, textarea, select") || element.isContentEditable;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && (typing(event.target) || event.target.closest("dialog"))) return;
    const key = event.key;
    if (key === "Escape") closeMenus(null);
    if (/^[1-9]$/.test(key)) tell(key);
    else if (key === "d" || key === "D") document.getElementById("dark-button").click();
    else if (key === "s" || key === "S") document.getElementById("copy-link").click();
    else if (key === "p" || key === "P") document.getElementById("copy-python").click();
    else if (key === "t" || key === "T") document.getElementById("theory-button").click();
    else if (key === " " && !event.target.closest("button, summary, [role=slider], a")) {
      event.preventDefault();
      document.getElementById("play").click();
    } else if (key === "?") document.getElementById("help").showModal();
    else if ((key === "[" || key === "]") && state.parameters) {
      const p = state.parameters.p + (key === "]" ? 1 : -1);
      if (p < 3 || p > 6) return;
      const parameters = Object.assign({}, state.parameters, { p });
      change({ parameters, settled: true, story: null, errors: {}, keep: null, visit: "replace" }, "key");
    }
  });

  // a server that has gone is told in a banner; closed pictures stay
  let again = null;
  const realFetch = window.fetch.bind(window);
  window.fetch = async function (...args) {
    const banner = document.getElementById("banner");
    try {
      const answer = await realFetch(...args);
      if (answer.status >= 500) lost(banner); // a proxy that has lost it
      else if (banner && !banner.hidden) banner.hidden = true;
      return answer;
    } catch (error) {
      if (error.name !== "AbortError") lost(banner);
      throw error;
    }
  };

  function lost(banner) {
    if (!banner) return;
    banner.textContent = UNREACHABLE;
    banner.hidden = false;
    clearTimeout(again);
    again = setTimeout(window.saddlesurf.askAgain, 2000);
  }

  // the guide of the moment in every picture over time: a layout shape, moved without a new picture
  const isTimed = (layout) => Boolean(layout && layout.meta && layout.meta.timed);

  function withGuide(layout) {
    const others = (layout.shapes || []).filter((shape) => shape.name !== "moment");
    if (!isTimed(layout)) return others;
    const t = timeOf(state.moment, state.parameters.tmax);
    return [...others, { name: "moment", type: "line", x0: t, x1: t, y0: 0, y1: 1, yref: "paper",
      line: { color: state.theme === "dark" ? "#ff8a3d" : "#D55E00", width: 1.5 } }];
  }

  function drawMoment(panel) {
    const gd = graphOf(panel);
    if (!state.parameters || !gd || !gd.layout || !gd.data || !gd.data.length) return;
    const shapes = withGuide(gd.layout);
    const at = (all) => ((all || []).find((shape) => shape.name === "moment") || {}).x0;
    if (at(shapes) !== at(gd.layout.shapes)) window.Plotly.relayout(gd, { shapes });
  }

  for (const panel of ["flow", "spectrum"]) {
    window.saddlesurf.prepare[panel] = (figure) => { figure.layout.shapes = withGuide(figure.layout); };
  }

  function sayMoment() {
    const element = document.getElementById("moment-text");
    if (!element || !state.parameters) return;
    const t = timeOf(state.moment, state.parameters.tmax);
    element.textContent = state.moment >= 1 ? "end" : "t = " + display(Number(t.toPrecision(3)));
  }

  window.saddlesurf.drawn.push((panel) => { if (panel === "flow" || panel === "spectrum") drawMoment(panel); });

  listen(function (now, before) {
    if (now.story !== before.story || !before.parameters) {
      document.querySelectorAll("[data-story]").forEach((button) =>
        button.setAttribute("aria-pressed", String(button.dataset.story === now.story)));
    }
    if (now.moment !== before.moment) ["flow", "spectrum"].forEach(drawMoment);
    sayMoment();
    const rested = now.settled && (now.parameters !== before.parameters || !before.settled);
    if (rested) dash.set_props("parameters", { data: now.parameters });
  });

  dash.page = {
    // the first callback: what the server has laid into the page's stores
    start: function (specification, panels) {
      Object.assign(window.saddlesurf, { specification, panels });
    },
    theme: function (clicks) {
      if (clicks) {
        const next = currentTheme() === "dark" ? "light" : "dark";
        document.documentElement.setAttribute("data-mantine-color-scheme", next);
        try { localStorage.setItem(SCHEME, next); } catch { /* private mode: for this visit only */ }
      }
      const theme = currentTheme();
      change({ theme }, "theme");
      dash.set_props("theme", { data: theme });
      return theme === "dark" ? "Light" : "Dark";
    },
    // what is looked at: one value a choice, in the order of the specification, then the moment
    look: function (...values) {
      const names = Object.keys(window.saddlesurf.specification.choices);
      const moment = values[names.length];
      const choices = Object.fromEntries(names.map((name, i) => [name, values[i]]));
      const same = names.every((name) => String(choices[name]) === String(state.choices[name]));
      if (same && moment === state.moment) return;
      change({ choices: same ? state.choices : choices, moment, visit: "replace" }, "look");
    },
    // a click on m(t) chooses that moment
    choose_moment: function (click) {
      if (!click || !state.parameters) return;
      const moment = fractionOf(click.points[0].x, state.parameters.tmax);
      dash.set_props("moment", { value: moment });
    },
    copy_link: function (clicks) {
      const here = window.location.origin + window.location.pathname;
      if (clicks) copy(here + window.saddlesurf.query(state.parameters, state.choices), "copy-link");
    },
    copy_python: function (lines) {
      if (lines) copy(lines.code, "copy-python");
    },
    ensemble: function (clicks) {
      if (!clicks) return;
      document.getElementById("ensemble").showModal();
      window.dispatchEvent(new Event("resize")); // the graphs take the room that they now have
    },
    theory: function (clicks) {
      if (clicks) document.getElementById("theory").showModal();
    },
    help: function (clicks) {
      if (clicks) document.getElementById("help").showModal();
    },
  };
})();
