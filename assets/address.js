// The address bar says what the page shows: written with history.replaceState (a story point: pushState), read at
// the start and when Back or Forward is pressed.
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});
  let timer = null;
  let visits = 0;

  function query(parameters, defaults) {
    const said = Object.keys(defaults)
      .filter((name) => String(parameters[name]) !== String(defaults[name]))
      .map((name) => name + "=" + String(parameters[name]).replace("e+", "e"));
    return said.length ? "?v=1&" + said.join("&") : "";
  }

  function here() {
    return { search: window.location.search, visit: ++visits };
  }

  window.addEventListener("popstate", () => dash.set_props("address", { data: here() }));

  dash.address = {
    read: function () {
      return here();
    },

    write: function (parameters, spec) {
      if (!parameters) return dash.no_update;
      const url = window.location.pathname + query(parameters, spec.defaults);
      const visit = dash.saddlesurf_visit;
      clearTimeout(timer);
      if (visit === "push") {
        history.pushState(null, "", url);
      } else if (visit === "replace") {
        timer = setTimeout(() => history.replaceState(null, "", url), 120);
      }
      return dash.no_update;
    },
  };
  window.saddlesurf = Object.assign(window.saddlesurf || {}, { query });
})();
