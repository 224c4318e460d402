// Whom the page talks to: the server, by one function, and Dash, which keeps layout and controls. The only module that
// names what is Dash's own: window.dash_clientside (set_props, callback_context), DashRenderer, and the address of its
// requests, _dash-update-component.
import { specification } from "./specification.mjs";
import { begin, end } from "./work.mjs";

const { base, pace } = specification;
const UNREACHABLE = "The server does not answer. What is on the page stays; new pictures come when it is back.";
let asked = 0;

// no answer came; or the server has refused the message and says why
export class Lost extends Error {}
export class Refused extends Error {}

export const path = (name) => base + name;

export async function ask(name, message) {
  const what = `ask ${(asked += 1)}`;
  begin(what);
  try {
    const answer = await fetch(path(name), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(pace.patience),
    });
    if (answer.status >= 500) throw new Lost(`${name}: ${answer.status}`); // a proxy that has lost it, too
    const said = await answer.json();
    tell(false);
    if (!answer.ok) throw new Refused(said.sentence);
    return said;
  } catch (error) {
    if (error instanceof Refused) throw error;
    tell(true);
    throw error instanceof Lost ? error : new Lost(String(error));
  } finally {
    end(what);
  }
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
      }
      if (!isWanted()) return null;
      await new Promise((resolve) => { setTimeout(resolve, pace.again); });
    }
  } finally {
    end(what);
  }
}

// Dash asks by itself for the theory and the ensembles and tells nobody when that fails: the browser's list of what was
// fetched does. Then the server is asked for its health until it answers.
function watchDash() {
  const isLost = ({ name, responseStatus }) =>
    name.includes("_dash-update-component") && (responseStatus === 0 || responseStatus >= 500);
  new PerformanceObserver((list) => {
    if (!list.getEntries().some(isLost)) return;
    tell(true);
    setTimeout(askHealth, pace.again);
  }).observe({ type: "resource" });
}

async function askHealth() {
  const isWell = await fetch(path("health")).then((answer) => answer.ok, () => false);
  if (isWell) tell(false);
  else setTimeout(askHealth, pace.again);
}

function tell(lost) {
  const banner = document.getElementById("banner");
  if (!banner || banner.hidden === !lost) return;
  banner.textContent = lost ? UNREACHABLE : "";
  banner.hidden = !lost;
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
