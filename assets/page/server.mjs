// Whom the page talks to: the server, by one function, and Dash, which keeps layout and controls. The only module that
// names what is Dash's own: window.dash_clientside (set_props, callback_context), DashRenderer, and the address of its
// requests, _dash-update-component.
import { pause, wellAgain } from "./again.mjs";
import { Lost, Refused, headers, reach, readJson, reasonOf } from "./answers.mjs";
import { tell } from "./banner.mjs";
import { specification } from "./specification.mjs";
import { begin, end } from "./work.mjs";

const { base, pace } = specification;
// by which our answers are known
const OWN = { cards: "cards", read: "errors", python: "code", cite: "code", health: "version" };
let asked = 0;
let isProbing = false;

export { Lost, Refused };

export const path = (name) => base + name;

function exchange(name, message) {
  const options = { method: "POST", headers: { "Content-Type": "application/json", ...headers() } };
  const all = message ? { ...options, body: JSON.stringify(message) } : {};
  return reach(path(name), all, pace.patience).then((response) => readJson(response, OWN[name]));
}

export async function ask(name, message) {
  const what = `ask ${(asked += 1)}`;
  begin(what);
  try {
    const said = await exchange(name, message);
    well();
    return said;
  } catch (error) {
    if (error instanceof Lost) tell(error.reason);
    else well(); // refused, but by our server
    throw error;
  } finally {
    end(what);
  }
}

function well() {
  tell(null);
  wellAgain();
}

// again and again until it answers; null when the answer is not wanted any more
export async function askUntilAnswered(name, message, isWanted = () => true) {
  const what = `ask ${name} ${(asked += 1)}`;
  begin(what);
  try {
    for (;;) {
      try {
        return await ask(name, message);
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        if (!isWanted()) return null;
        await pause(error);
      }
      if (!isWanted()) return null;
    }
  } finally {
    end(what);
  }
}

// Dash asks by itself for the theory and the ensembles and tells nobody when that fails: the browser's list of what was
// fetched does.
function watchDash() {
  const reasonFor = ({ name, responseStatus: status, redirectStart, contentType: type }) => {
    if (!name.includes("_dash-update-component")) return null;
    const reason = reasonOf(status, redirectStart > 0);
    if (reason || status >= 400) return reason || "unknown";
    return status === 200 && type && !type.includes("json") ? "signedOut" : null; // not every browser tells the type
  };
  new PerformanceObserver((list) => {
    const reason = list.getEntries().map(reasonFor).find(Boolean);
    if (reason) probe(new Lost(reason));
  }).observe({ type: "resource" });
}

// after a loss that nobody else asks about: the server is asked for its health, and by the way of the page's own
// questions, which a sign-in may guard alone, until it answers
export async function probe(lost) {
  tell(lost.reason);
  if (isProbing) return;
  isProbing = true;
  for (let last = lost; last;) {
    await pause(last);
    last = await exchange("health").then(() => exchange("read", { address: "" })).then(() => null, (error) => error);
    if (last instanceof Lost) tell(last.reason);
    else last = null;
  }
  isProbing = false;
  well();
}

export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

// what a clientside callback was called for: [id of the control, its property]
export function triggered() {
  const { triggered: events } = window.dash_clientside.callback_context;
  return events.map(({ prop_id: said }) => {
    const dot = said.lastIndexOf(".");
    return [said.slice(0, dot), said.slice(dot + 1)];
  });
}

// Dash finds the functions of clientside callbacks by name; its renderer starts only now, so that it calls none of them
// before the scripts are there
export function startDash(functions) {
  watchDash();
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { page: functions });
  return new window.DashRenderer();
}
