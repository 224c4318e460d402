// The address bar says what the page shows: written with history.replaceState (a story point: pushState), read at
// the start and when Back or Forward is pressed.
(function () {
  "use strict";
  const { listen } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  let timer = null;
  let visits = 0;

  function query(parameters, choices = {}) {
    const { defaults, choices: known } = window.saddlesurf.specification;
    const said = Object.keys(defaults)
      .filter((name) => String(parameters[name]) !== String(defaults[name]))
      .map((name) => name + "=" + String(parameters[name]).replace("e+", "e"));
    for (const [name, chosen] of Object.entries(choices)) {
      if (String(chosen) !== String(known[name].default)) said.push(name + "=" + String(chosen));
    }
    return said.length ? "?v=1&" + said.join("&") : "";
  }

  const here = () => ({ search: window.location.search, visit: ++visits });

  window.addEventListener("popstate", () => {
    clearTimeout(timer);
    dash.set_props("address", { data: here() });
  });

  listen(function (now, before) {
    if (!now.parameters || (now.parameters === before.parameters && now.choices === before.choices)) return;
    const url = window.location.pathname + query(now.parameters, now.choices);
    clearTimeout(timer);
    if (now.visit === "push") history.pushState(null, "", url);
    else if (now.visit === "replace") timer = setTimeout(() => history.replaceState(null, "", url), 120);
  });

  dash.address = { read: here };
  window.saddlesurf.query = query;
})();
