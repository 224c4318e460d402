// The address bar says what the page shows: written with history.replaceState (a story point: pushState); the server,
// which alone knows what is valid, reads it at the start and when Back or Forward is pressed.
import { display, fractionOf, round, timeOf } from "./format.mjs";
import { askUntilAnswered } from "./server.mjs";
import { specification } from "./specification.mjs";
import { change, claim, held, initialLooks, kept, listen, state } from "./state.mjs";
import { begin, end } from "./work.mjs";

const QUIET = 120; // ms: browsers allow about a hundred replaceState calls in half a minute
const { defaults, looks: known, moment: { first }, pins: { parameters } } = specification;
let timer = null;

// those of a point's parameters that are not the default's, as text
const unusual = (point, names, sign) => names
  .filter((name) => String(point[name]) !== String(defaults[name]))
  .map((name) => name + sign + String(point[name]).replace("e+", "e"));

// The shortest query that says a point and, if given, what is looked at, what is pinned, the moment and the story
// point: defaults are left out. With a story point the moment is always said, since a point alone means its scene.
export function query(point, looks = {}, { pins = [], moment = 1, story = null } = {}) {
  const said = unusual(point, Object.keys(defaults), "=");
  for (const [name, chosen] of Object.entries(looks)) {
    if (String(chosen) !== String(known[name].default)) said.push(name + "=" + String(chosen));
  }
  pins.forEach((pin, k) => said.push(`pin${k + 1}=` + unusual(pin, parameters, ":").join(",")));
  if (story !== null || moment < 1) said.push("t=" + display(round(timeOf(moment, point.tmax, first), 6)));
  if (story !== null) said.push("story=" + story);
  return said.length ? "?v=1&" + said.join("&") : "";
}

// that of all that the page shows
export const queryOf = ({ points: [live, ...pins], looks, moment, story }) =>
  query(live, looks, { pins, moment, story });

function write(visit) {
  clearTimeout(timer);
  end("address");
  const url = window.location.pathname + queryOf(state);
  if (visit === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

function follow(now, before) {
  const { points, looks, moment, story } = before;
  if (now.points === points && now.looks === looks && now.moment === moment && now.story === story) return;
  if (now.visit === "push") write("push");
  else if (now.visit === "replace") {
    clearTimeout(timer);
    begin("address");
    timer = setTimeout(() => write("replace"), QUIET);
  }
}

export async function read() {
  clearTimeout(timer); // what the bar says now wins over what was about to be written
  end("address");
  const ticket = claim([...Object.keys(defaults), ...Object.keys(known), "pins", "moment", "story", "errors"]);
  const nothing = { point: defaults, pins: [], looks: initialLooks(), errors: {}, time: null, story: null };
  const { search } = window.location;
  let said = nothing;
  try {
    if (search) said = await askUntilAnswered("read", { address: search }, () => held(ticket).length > 0);
  } catch (error) {
    said = { ...nothing, errors: { address: error.message } }; // refused
  }
  const names = held(ticket);
  if (!said || !names.length) return; // all of it has been changed since
  const { point, pins, looks, errors, time, story } = said;
  const patch = { point: kept(ticket, point), looks: kept(ticket, looks), known: true };
  if (names.includes("pins")) patch.pins = pins;
  if (names.includes("moment")) patch.moment = time === null ? 1 : fractionOf(time, point.tmax, first);
  if (names.includes("story")) Object.assign(patch, { story, watch: "" });
  if (names.includes("errors")) {
    patch.errors = Object.fromEntries(
      Object.entries(errors).map(([name, sentence]) => [name, { sentence, box: null }]));
  }
  // a bar that says what the page shows stays as it was typed
  change({ ...patch, visit: names.length === ticket.names.length ? "none" : "replace" }, "address");
}

export function start() {
  listen(follow);
  window.addEventListener("popstate", read);
  return read();
}
