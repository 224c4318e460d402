// On its first start a server compiles for a minute or two: while an answer is late, it is asked whether it does, and
// the banner says how far it is.
import { hurry } from "./again.mjs";
import { wait } from "./banner.mjs";
import { path } from "./server.mjs";
import { specification } from "./specification.mjs";

const { pace } = specification;
let timer = null;
let isOn = false; // the server compiles, as far as is known

async function look() {
  const asked = timer;
  let said = null;
  try {
    said = await (await fetch(path("health"))).json();
  } catch {
    // no answer, or none of ours: others say so
  }
  if (asked !== timer) return; // the answer that was late has come
  const isCompiling = Boolean(said && said.compiling);
  wait(isCompiling ? said.compiling : "");
  if (isCompiling) timer = setTimeout(look, pace.look);
  else if (isOn) hurry(); // whoever has waited for it asks now
  isOn = isCompiling;
}

// an answer is waited for
export function watch() {
  clearTimeout(timer);
  timer = setTimeout(look, pace.look);
}

// it has come
export function over() {
  clearTimeout(timer);
  timer = null;
  wait("");
}
