// Sliders, number boxes and choices of a view: what they say goes into the state, what the state says goes into them.
// Dash calls `slid`, `typed` and `looked`, also for what the scripts have put there themselves, which changes nothing.
import { display, round, toNumber, within } from "./format.mjs";
import { Refused, askUntilAnswered, setProps, triggered } from "./server.mjs";
import { specification } from "./specification.mjs";
import { change, claim, held, kept, listen, state } from "./state.mjs";

const { controls, boxes, limits } = specification;
const looks = Object.keys(specification.looks).filter((name) => specification.looks[name].control);
const shown = initiallyShown(); // by id: what has been put into each control
const asked = {}; // by box: the ticket of what was typed and is not answered yet
const thumbs = {}; // by id: what of a slider has the focus
const heard = {}; // by box: the text that was typed last, as long as it stands there

function initiallyShown() {
  const chosen = looks.map((name) => [name + "-choice", JSON.stringify({ value: state.looks[name] })]);
  return { moment: JSON.stringify({ value: state.moment }), ...Object.fromEntries(chosen) }; // as the layout has them
}

const isLog = (control) => control.scale.startsWith("log");

const isIn = (control, position) => position >= control.lower && position <= control.upper;

export function fromSlider(control, position, old) {
  if (!isLog(control)) return position;
  const raw = round(10 ** position, 4);
  const size = limits[control.name] ? within(raw, limits[control.name]) : raw;
  if (control.scale === "log-whole") return Math.round(round(size, 2));
  return old < 0 ? -size : size;
}

// Where a slider stands for a value, and between which ends: they reach out to a value beyond them (from an address, a
// box, the handle), so that what the slider says next is that value's neighbour.
export function toSlider(control, value) {
  const raw = isLog(control) ? Math.log10(Math.abs(value)) : value;
  const { lower, upper, step } = control;
  if (!Number.isFinite(raw) || isIn(control, raw)) {
    const grid = Number((Math.round(within(raw, [lower, upper]) / step) * step).toFixed(6));
    return { value: Number.isFinite(raw) ? within(grid, [lower, upper]) : upper, min: lower, max: upper };
  }
  const end = Number(raw.toFixed(6));
  return { value: end, min: Math.min(lower, end), max: Math.max(upper, end) };
}

const nameOf = (box) => (box === "inverse-d2" ? "d2" : box);

function textOf(box, point) {
  return box === "inverse-d2" ? display(1 / toNumber(point.d2)) : display(toNumber(point[box]));
}

// whether the server is being asked about this box, and nothing newer has changed what it is about
const isWaiting = (box) => Boolean(asked[box]) && held(asked[box]).includes(nameOf(box));

function show(id, props) {
  const text = JSON.stringify(props);
  if (shown[id] === text) return;
  shown[id] = text;
  setProps(id, props);
}

// a slider of a logarithm stands at the logarithm: who cannot see it hears the value
function speak(id, words) {
  thumbs[id] = thumbs[id] || document.querySelector(`[id="${id}"] [role=slider]`);
  const thumb = thumbs[id];
  if (thumb && thumb.getAttribute("aria-valuetext") !== words) thumb.setAttribute("aria-valuetext", words);
}

function showAll(now, before, source) {
  // Before the address is read the point is not the one that is meant: Dash tells of what is put into a slider later,
  // by when it would count as a movement back to the default.
  if (!now.known) return;
  if (source === "handle" && now.moving) return; // told beside the handle; the controls follow when it rests
  const point = now.points[0];
  for (const control of controls) {
    const id = control.name + "-slider";
    const value = toNumber(point[control.name]);
    if (source !== id) show(id, toSlider(control, value));
    speak(id, value === Infinity ? "infinite" : display(value));
  }
  for (const box of boxes) {
    const wrong = now.errors[nameOf(box)];
    // of the two boxes of one parameter the sentence stands under the one that was typed into
    const error = wrong && (wrong.box || nameOf(box)) === box ? wrong.sentence : "";
    if (isWaiting(box) || (wrong && wrong.box === box)) show(box + "-box", { error });
    else {
      show(box + "-box", { value: textOf(box, point), error });
      delete heard[box];
    }
  }
  for (const name of looks) {
    if (source !== name + "-choice") show(name + "-choice", { value: now.looks[name] });
  }
  if (source !== "moment") show("moment", { value: now.moment });
  const address = document.getElementById("address-error");
  const sentence = now.errors.address ? now.errors.address.sentence : "";
  if (address && address.textContent !== sentence) address.textContent = sentence;
}

// one position a control, in the order of the specification
export function slid(...positions) {
  const ids = triggered().map(([id]) => id);
  controls.forEach((control, i) => {
    const id = control.name + "-slider";
    if (!ids.includes(id)) return;
    const old = toNumber(state.points[0][control.name]);
    if (Math.abs(positions[i] - toSlider(control, old).value) < 1e-9) return; // it shows this value already
    delete shown[id]; // it has moved by itself
    const value = fromSlider(control, positions[i], old);
    change({ point: { [control.name]: value }, moving: true, story: null, errors: {} }, id);
  });
}

// the clocks of all boxes, then their texts, in the order of the specification
export function typed(...said) {
  const texts = said.slice(-boxes.length);
  const events = triggered();
  boxes.forEach((box, i) => {
    const own = events.filter(([id]) => id === box + "-box").map(([, property]) => property);
    if (own.length) hear(box, String(texts[i]), own.includes("n_submit"));
  });
}

// what was typed goes to the server, which alone knows what is valid
async function hear(box, text, isEntered) {
  const name = nameOf(box);
  // after Enter the focus goes some time: that says nothing new, whatever has happened since
  if (heard[box] === text && (isWaiting(box) || !isEntered)) return;
  heard[box] = text;
  delete shown[box + "-box"];
  if (text === textOf(box, state.points[0])) {
    // put back to what holds: nothing to change, but a sentence may have to go
    claim([name]);
    if (state.errors[name]) change({ errors: without(state.errors, [name]) }, "box");
    return;
  }
  const ticket = claim([name, "story"]);
  asked[box] = ticket;
  // what was said of the text before must not stand beside the new one, should the answer be long in coming
  if (state.errors[name]) change({ errors: without(state.errors, [name]) }, "box");
  const known = state.errors;
  const isWanted = () => held(ticket).includes(name);
  let said;
  try {
    said = await askUntilAnswered("read", { box, text, point: state.points[0] }, isWanted);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    said = { changes: {}, errors: { [name]: error.message } };
  }
  if (asked[box] === ticket) delete asked[box];
  if (!said || !isWanted()) return; // something newer has changed it
  accept(box, ticket, known, said);
}

// An answer changes what the box is about, and takes away the sentences that stood there when it was asked.
function accept(box, ticket, known, { changes, errors: wrong }) {
  const errors = without(state.errors, Object.keys(known).filter((name) => state.errors[name] === known[name]));
  for (const [name, sentence] of Object.entries(wrong)) errors[name] = { sentence, box };
  const point = kept(ticket, changes);
  const patch = { point, errors };
  if (Object.keys(point).length && held(ticket).includes("story")) patch.story = null;
  change(patch, "box");
}

const without = (errors, names) =>
  Object.fromEntries(Object.entries(errors).filter(([name]) => !names.includes(name)));

// what is looked at: one value a choice, in the order of the specification, then the moment
export function looked(...values) {
  const ids = triggered().map(([id]) => id);
  looks.forEach((name, i) => {
    const id = name + "-choice";
    if (!ids.includes(id) || String(values[i]) === String(state.looks[name])) return;
    delete shown[id];
    change({ looks: { [name]: values[i] } }, id);
  });
  const moment = values[looks.length];
  if (!ids.includes("moment") || moment === state.moment) return;
  delete shown.moment;
  change({ moment }, "moment");
}

// from now on the controls are there
export function arrive() {
  listen(showAll);
  showAll(state, state, "start");
}
