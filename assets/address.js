// The address bar says what the page shows: written with history.replaceState (a story point: pushState), read at
// the start and when Back or Forward is pressed.
(function () {
  "use strict";
  const { listen } = window.saddlesurf;
  const dash = (window.dash_clientside = window.dash_clientside || {});
  let timer = null;
  let visits = 0;

  function query(parameters) {
    const defaults = window.saddlesurf.specification.defaults;
    const said = Object.keys(defaults)
      .filter((name) => String(parameters[name]) !== String(defaults[name]))
      .map((name) => name + "=" + String(parameters[name]).replace("e+", "e"));
    return said.length ? "?v=1&" + said.join("&") : "";
  }

  const here = () => ({ search: window.location.search, visit: ++visits });

  window.addEventListener("popstate", () => {
    clearTimeout(timer);
    dash.set_props("address", { data: here() });
  });

  listen(function (now, before) {
    if (!now.parameters || now.parameters === before.parameters) return;
    const url = window.location.pathname + query(now.parameters);
    clearTimeout(timer);
    if (now.visit === "push") history.pushState(null, "", url);
    else if (now.visit === "replace") timer = setTimeout(() => history.replaceState(null, "", url), 120);
  });

  dash.address = { read: here };
  window.saddlesurf.query = query;
})();
