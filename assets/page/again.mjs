// When to ask again after a loss: twice as late each time, at once when there is a sign that it helps, and never before
// a server that has said so wants to be asked.
import { specification } from "./specification.mjs";

const { pace } = specification;
const JITTER = 0.25; // all pages of a server that comes back must not ask in one moment
const waiting = new Set();
let losses = 0;

// after an answer of ours: whoever waits goes on
export function wellAgain() {
  losses = 0;
  for (const one of [...waiting]) one.end();
}

// resolves when it is time to ask again
export function pause({ reason, wait }) {
  losses += 1;
  const since = performance.now();
  const usual = Math.min(pace.longest, pace.again * 2 ** (losses - 1)) * (1 + JITTER * Math.random());
  return new Promise((resolve) => {
    const one = {
      end() {
        clearTimeout(one.timer);
        if (waiting.delete(one)) resolve();
      },
      hurry() {
        if (reason === "busy") return;
        clearTimeout(one.timer);
        one.timer = setTimeout(one.end, Math.max(0, since + pace.again - performance.now()));
      },
    };
    one.timer = setTimeout(one.end, Math.max(usual, Math.min(wait, pace.longest)));
    waiting.add(one);
  });
}

// something has happened after which asking may help: a change, the network, the user's return
export function hurry() {
  for (const one of [...waiting]) one.hurry();
}

export function start() {
  window.addEventListener("online", hurry);
  window.addEventListener("focus", hurry);
}
