// The page's scripts begin here: Dash loads this module alone, and everything else in page/ is imported. The first
// pictures are asked for at once; Dash builds its layout meanwhile, and what is there by then is shown on it.
import * as again from "./page/again.mjs";
import * as address from "./page/address.mjs";
import * as arrangement from "./page/arrangement.mjs";
import * as banner from "./page/banner.mjs";
import * as compiling from "./page/compiling.mjs";
import * as controls from "./page/controls.mjs";
import * as ensemble from "./page/ensemble.mjs";
import * as exports from "./page/exports.mjs";
import * as glossary from "./page/glossary.mjs";
import * as handle from "./page/handle.mjs";
import * as instance from "./page/instance.mjs";
import * as keys from "./page/keys.mjs";
import * as menus from "./page/menus.mjs";
import * as moment from "./page/moment.mjs";
import * as more from "./page/more.mjs";
import * as opening from "./page/opening.mjs";
import * as own from "./page/own.mjs";
import * as paint from "./page/paint.mjs";
import * as path from "./page/path.mjs";
import * as pins from "./page/pins.mjs";
import * as plot from "./page/plot.mjs";
import * as print from "./page/print.mjs";
import * as queues from "./page/queue.mjs";
import * as story from "./page/story.mjs";
import * as strip from "./page/strip.mjs";
import * as theme from "./page/theme.mjs";
import * as touch from "./page/touch.mjs";
import { Refused, ask, startDash } from "./page/server.mjs";
import { specification } from "./page/specification.mjs";
import { listen, state } from "./page/state.mjs";
import { begin, end } from "./page/work.mjs";

const { pace } = specification;
let queue = queues.create(specification.cards);

// the next request, if there is one: after every change, and after every answer
function pump() {
  if (!state.known) return;
  const found = queues.next(queue, state, arrangement.seen(state));
  queue = found.queue;
  if (found.request) {
    begin("cards");
    paint.expect(found.request.cards);
    send(found.request);
  } else if (!queue.flight && !queue.paused) end("cards");
}

async function send(request) {
  let answer;
  compiling.watch();
  try {
    answer = await ask("cards", request);
    compiling.over();
  } catch (error) {
    if (error instanceof Refused) answer = refused(request, error);
    else {
      queue = queues.lost(queue, request.number);
      paint.unmark();
      await again.pause(error);
      queue = queues.resume(queue);
      pump();
      return;
    }
  }
  const heard = queues.answered(queue, request.number, answer.cards || {});
  queue = heard.queue;
  paint.unmark();
  for (const [name, { later }] of Object.entries(answer.cards || {})) {
    if (later) setTimeout(() => { queue = queues.due(queue, name, request.number); pump(); }, later);
  }
  pump(); // the next wish goes out before this answer is painted: server and browser work at the same time
  const what = `paint ${request.number}`;
  begin(what);
  setTimeout(() => {
    afterFrame(() => end(what)); // by then the pictures know whether new words have changed their size
    paint.paint(Object.fromEntries(heard.paint.map((name) => [name, answer.cards[name]])));
  }, 0);
}

const afterFrame = (tell) => requestAnimationFrame(() => setTimeout(tell, 0));

function refused({ cards }, { message, note }) {
  const card = { figure: null, caption: message, note, failed: true, more: false };
  return { cards: Object.fromEntries(cards.map((name) => [name, card])) };
}

function onRetry(event) {
  const button = event.target.closest(".retry");
  if (!button) return;
  queue = queues.retry(queue, button.id.replace(/-retry$/, ""));
  pump();
}

// Dash tells a change of a control by a chain of tasks after its event: until it is over there may be more to do
function watch() {
  const whenIdle = window.requestIdleCallback || ((tell) => setTimeout(tell, 0)); // Safari has none
  let timer = null;
  for (const event of ["keydown", "pointerdown", "pointerup", "click", "input", "focusout"]) {
    document.addEventListener(event, () => {
      clearTimeout(timer);
      begin("events");
      timer = setTimeout(() => whenIdle(() => end("events")), pace.settle);
    }, { capture: true, passive: true });
  }
}

// called by Dash when its layout stands
function arrived() {
  if (!document.getElementById("handle")) {
    requestAnimationFrame(arrived); // React is still at it
    return;
  }
  banner.show();
  arrangement.arrive();
  more.arrive();
  keys.arrive();
  controls.arrive();
  instance.arrive();
  moment.arrive();
  story.arrive(state);
  opening.arrive();
  menus.arrive();
  exports.arrive();
  handle.arrive();
  paint.arrive();
  strip.arrive();
  pins.arrive();
  own.arrive();
  end("layout");
}

begin("layout");
watch();
plot.onDrawn(plot.turnWords);
moment.start();
story.start();
opening.start();
menus.start();
exports.start();
print.start();
ensemble.start();
keys.start();
glossary.start();
touch.start();
pins.start();
own.start();
path.begin();
again.start();
strip.start(); // before the queue is told of a change: what was wanted of one plane is not wanted of the next
document.addEventListener("click", onRetry);
listen(() => {
  if (queue.paused && !state.moving) again.hurry(); // access may have returned
  pump();
});
theme.start();
arrangement.start();
address.start();
startDash({
  arrived,
  theme: theme.choose,
  slid: controls.slid,
  typed: controls.typed,
  looked: controls.looked,
  switched: instance.switched,
  started: instance.started,
  link: menus.copyLink,
  python: menus.copyPython,
  help: menus.help,
  theory: menus.theory,
  ensemble: menus.ensemble,
  asked: ensemble.asked,
});
