// Which request is sent next. Pure: a queue, the page's state and the answers go in, a new queue and perhaps a request
// come out; it has no clock, no page and no server. One request is in flight, never two; what nobody waits for any more
// is never asked; and whoever has left something out (`more`) is asked again, whatever card it is.

export function create(cards) {
  return {
    cards, // of the specification: what each depends on, and how it takes its turn
    number: 0, // of the last request
    flight: null, // {number, pace, wishes} of the request that has no answer yet
    paused: false, // a request was lost: nothing is sent until `resume`
    moved: false, // something has moved since the last request at rest
    turn: 0,
    turns: {}, // by card: when it was last asked
    tries: {}, // by card: how often Retry was pressed
    last: {}, // by card: {number, wish, pace, more} of its last answer
    painted: {}, // by card: number of the request whose answer is on the page
  };
}

// all that a card's picture depends on, as text
export function wishOf(queue, state, name) {
  const { parameters, looks, switch: own } = queue.cards[name];
  const isOn = own && state.looks[own.look] !== own.off;
  const [live, ...pinned] = state.points; // what is pinned stands still: the whole of it counts
  const points = [[...parameters, ...(isOn ? own.parameters : [])].map((parameter) => live[parameter]), ...pinned];
  const seen = looks.map((look) => (look in state.looks ? state.looks[look] : state[look]));
  return JSON.stringify([state.theme, state.looks.ui, state.narrow, queue.tries[name] || 0, points, seen]);
}

// `seen`: the cards that are; the others are asked when they are seen again
export function next(queue, state, seen = Object.keys(queue.cards)) {
  const moved = queue.moved || state.moving;
  const waiting = moved === queue.moved ? queue : { ...queue, moved };
  if (queue.flight || queue.paused) return { queue: waiting, request: null };
  const wishes = Object.fromEntries(seen.map((name) => [name, wishOf(queue, state, name)]));
  const { names, pace } = state.moving ? whileMoving(waiting, wishes) : atRest(waiting, wishes);
  if (!names.length) return { queue: waiting, request: null };
  const number = queue.number + 1;
  const turn = queue.turn + 1;
  const { theme, points, moment, story, asker } = state;
  const looks = { ...state.looks, moment, story };
  const work = { asker, ...state.work };
  return {
    queue: {
      ...waiting,
      number,
      turn,
      moved: state.moving,
      turns: { ...queue.turns, ...Object.fromEntries(names.map((name) => [name, turn])) },
      flight: { number, pace, wishes: Object.fromEntries(names.map((name) => [name, wishes[name]])) },
    },
    request: { number, cards: names, pace, theme, points, looks, work },
  };
}

const lastOf = (queue, name) => queue.last[name] || { wish: null, pace: null, more: false };

// the cards that are always asked for, and one of the others: a picture costs the browser 15 to 20 ms to paint
function whileMoving(queue, wishes) {
  const changed = Object.keys(wishes).filter((name) => lastOf(queue, name).wish !== wishes[name]);
  const waited = (name) => (queue.turn + 1 - (queue.turns[name] || 0)) * queue.cards[name].weight;
  const others = changed.filter((name) => !queue.cards[name].always).sort((a, b) => waited(b) - waited(a));
  return { names: [...changed.filter((name) => queue.cards[name].always), ...others.slice(0, 1)], pace: "moving" };
}

// what has changed or was only seen in passing; then, again and again, what has more to show
function atRest(queue, wishes) {
  const names = Object.keys(wishes);
  const due = names.filter((name) => {
    const { wish, pace, more } = lastOf(queue, name);
    return wish !== wishes[name] || (pace === "moving" && more);
  });
  if (!due.length) return { names: names.filter((name) => lastOf(queue, name).more), pace: "leisure" };
  const first = queue.moved ? due.filter((name) => queue.cards[name].always) : []; // come to rest: these at once
  return { names: first.length ? first : due, pace: "first" };
}

// An answer to request `number`, by card; `paint` names what may be put onto the page. The answer to a request that was
// given up is shown if nothing newer is, and changes nothing else.
export function answered(queue, number, cards) {
  const paint = Object.keys(cards).filter((name) => number > (queue.painted[name] || 0));
  const painted = { ...queue.painted, ...Object.fromEntries(paint.map((name) => [name, number])) };
  const { flight } = queue;
  if (!flight || flight.number !== number) return { queue: { ...queue, painted }, paint };
  const last = { ...queue.last };
  for (const [name, wish] of Object.entries(flight.wishes)) {
    const { failed = true, more = false } = cards[name] || {};
    last[name] = { number, wish, pace: flight.pace, more: more && !failed }; // what has failed waits for Retry
  }
  return { queue: { ...queue, painted, last, flight: null }, paint };
}

// no answer came: the request is forgotten with what it asked for
export function lost(queue, number) {
  if (!queue.flight || queue.flight.number !== number) return queue;
  return { ...queue, flight: null, paused: true };
}

// `later` has passed since the answer to this request: the card may have more to show, if nothing newer has come
export function due(queue, name, number) {
  const last = queue.last[name];
  if (!last || last.number !== number) return queue;
  return { ...queue, last: { ...queue.last, [name]: { ...last, more: true } } };
}

export const resume = (queue) => ({ ...queue, paused: false });

export function retry(queue, name) {
  return { ...queue, tries: { ...queue.tries, [name]: (queue.tries[name] || 0) + 1 } };
}
