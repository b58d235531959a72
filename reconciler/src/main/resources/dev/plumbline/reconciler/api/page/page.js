// SPDX-License-Identifier: Apache-2.0
// Keeps the page at what the agent says, and says so when it says nothing.
import {ask, follow} from './agent.js';
import {byId, moment, say} from './dom.js';
import {beginEvents, takeEvents} from './events.js';
import {followPicture} from './picture.js';
import {followPlan, planNow} from './plan.js';
import {showState, word} from './state.js';
import {refreshTables, setBridges} from './switch.js';

const TABLES_MILLIS = 2_000;
const STATUS_MILLIS = 5_000;
const SOON_MILLIS = 200;
const LONGEST_RETRY_MILLIS = 5_000;

let paused = false;
let status = null;
let answered = null; // when it answered last
let failures = 0;
let timer = 0;
let stream = null;

const isLooking = () => !paused && !document.hidden;

async function askStatus() {
  clearTimeout(timer);
  if (!isLooking()) {
    return;
  }
  let next = STATUS_MILLIS;
  try {
    const now = await ask('/v1/status?drift=1');
    if (!isLooking()) {
      return;
    }
    here(now);
  } catch (error) {
    if (!isLooking()) {
      return;
    }
    failures++;
    gone(error);
    next = Math.min(LONGEST_RETRY_MILLIS, 500 * 2 ** failures);
  }
  clearTimeout(timer);
  timer = setTimeout(askStatus, next);
}

/** Soon, once for all that happens until then. */
function askStatusSoon(millis = SOON_MILLIS) {
  clearTimeout(timer);
  timer = setTimeout(askStatus, millis);
}

function here(now) {
  if (status !== null && status.state !== now.state) {
    byId('said').textContent = `The host is ${word(now)} now.`;
  }
  status = now;
  answered = new Date();
  failures = 0;
  byId('gone').hidden = true;
  document.body.classList.remove('stale');
  line('live', 'live');
  showState(now);
  setBridges(now.switch?.bridges ?? []);
  followPlan(now);
  followPicture(now);
  if (stream === null) {
    listen();
  }
}

function gone(error) {
  const since = answered === null ? '' : ` since ${moment(answered)}`;
  const why = error.answered ? `: ${error.message}` : ': it has ended, or the way to it has';
  say(byId('gone'), `The agent does not answer${since}${why}. ` +
    (answered === null ? '' : 'What is below is as it was then. ') + 'It is asked again every few seconds.');
  byId('gone').hidden = false;
  document.body.classList.add('stale');
  line('gone', 'not answered');
}

function line(kind, text) {
  byId('line').dataset.line = kind;
  say(byId('line'), text);
}

async function listen() {
  const mine = new AbortController();
  stream = mine;
  const begun = Date.now();
  try {
    beginEvents();
    await follow(mine.signal, (events) => {
      // What the agent remembers comes first; what it says now is what is told and looked after.
      const isNew = Date.now() - begun > 1_000;
      takeEvents(events, isNew);
      if (isNew) {
        askStatusSoon();
      }
    });
  } catch (error) {
    if (mine.signal.aborted) {
      return;
    }
  }
  if (stream === mine) {
    stream = null;
    // Which says that the agent is gone, or listens again: not in a circle where that is refused.
    askStatusSoon(Date.now() - begun < 1_000 ? STATUS_MILLIS : SOON_MILLIS);
  }
}

function looksOrNot() {
  if (isLooking()) {
    line('waiting', 'connecting…');
    askStatus();
    refreshTables();
    return;
  }
  clearTimeout(timer);
  stream?.abort();
  stream = null;
  line('paused', 'updates are paused');
}

byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', String(paused));
  looksOrNot();
});
byId('plan-now').addEventListener('click', planNow);
document.addEventListener('visibilitychange', looksOrNot);
setInterval(() => {
  if (isLooking() && failures === 0) {
    refreshTables();
  }
}, TABLES_MILLIS);
looksOrNot();
