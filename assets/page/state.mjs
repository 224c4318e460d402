// The page's one state, the one verb that changes it, and who is told. A name that is changed gets a new revision, also
// when its value stays: whoever has asked somebody else (the server) about a name holds a ticket, and what comes back
// counts only for the names that nothing newer has touched.
import { specification } from "./specification.mjs";
import { begin, end } from "./work.mjs";

const { defaults, looks, pace } = specification;

export const state = {
  known: false, // whether the address has been read, so that the point is the one that is meant
  points: [{ ...defaults }], // the live one first, then what is pinned; "inf" is text, as JSON has no infinity
  looks: initialLooks(), // what is looked at on the cards
  moment: 1, // fraction of the flow's logarithmic time axis
  story: null, // key of the story point that is told
  watch: "", // card whose picture is to be watched, if it is not that of the point: something was tried
  own: null, // a curve of one's own: {name, time, overlap}; of this page alone
  theme: "light",
  narrow: false, // a phone's screen
  work: { run: "on", anew: false }, // what is wanted of the long work behind the pictures
  asker: nameOfPage(), // by which this page waits for it
  moving: false, // something is being dragged, or was a moment ago
  errors: {}, // by name: {sentence, box: the box that keeps its wrong text, or null}
  visit: "none", // what the address bar does: "push" a new entry, "replace" it, or "none"
};

// of this page alone; crypto.randomUUID is there on secure addresses only
function nameOfPage() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const listeners = [];
const revisions = {};
let revision = 0;
let timer = null;

export function initialLooks() {
  return Object.fromEntries(Object.entries(looks).map(([name, { default: chosen, many }]) =>
    [name, many ? [...chosen] : chosen[0]]));
}

// told after every change: (state, what it was before, who has changed it)
export function listen(tell) {
  listeners.push(tell);
}

// `point` and `looks` name only what changes in them, everything else is the state's own; `pins` are all of them
export function change({ point, pins, looks: seen, ...patch }, source) {
  const before = { ...state };
  Object.assign(state, { visit: "replace" }, patch);
  if (point) state.points = [{ ...state.points[0], ...point }, ...state.points.slice(1)];
  if (pins) state.points = [state.points[0], ...pins];
  if (seen) state.looks = { ...state.looks, ...seen };
  touch([...Object.keys(point || {}), ...Object.keys(seen || {}), ...(pins ? ["pins"] : []), ...Object.keys(patch)]);
  clearTimeout(timer);
  if (state.moving) {
    begin("moving");
    timer = setTimeout(() => change({ moving: false }, "rest"), pace.settle);
  }
  for (const tell of listeners) tell(state, before, source);
  if (!state.moving) end("moving");
}

function touch(names) {
  revision += 1;
  for (const name of names) revisions[name] = revision;
}

// a ticket for what somebody else is asked about; asking is an act of the user too, so an older ticket loses the names
export function claim(names) {
  touch(names);
  return { names, revision };
}

export const held = (ticket) => ticket.names.filter((name) => revisions[name] === ticket.revision);

// of an object only what the ticket still holds
export function kept(ticket, values) {
  const names = held(ticket);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}
