// SPDX-License-Identifier: Apache-2.0
// What the agent says, the newest first.
import {byId, make, plural, say, time} from './dom.js';

const KEPT = 1_000;
const SHOWN = 200;

/** A reader who listens is not flooded: one sentence in this time. */
const BETWEEN_MILLIS = 4_000;

// The words of docs/agent.md, "What it says".
const DRIFT = new Set(['drift', 'drifted', 'drift-over', 'fight']);
const FAILURE = new Set(['problem', 'refused', 'failed', 'check-failed', 'not-converged',
  'fetch-refused', 'fetch-failed', 'fallback', 'crash-loop', 'state-failed', 'rollout-stopped',
  'rolled-back', 'not-rolled-back', 'checkpoint-void', 'fight', 'watch-failed', 'socket-lost',
  'overrun', 'listen-failed', 'tls-failed', 'notify-failed', 'board-failed', 'status-failed',
  'status-refused', 'checks-broken-off', 'webhook-refused']);
const DOUBT = new Set(['drift', 'drifted', 'fight', 'warning', 'unconfirmed', 'paused',
  'rollout-waiting', 'namespace-unreadable', 'busy', 'forced', 'rollback', 'history-unknown']);
const GOOD = new Set(['applied', 'confirmed', 'resumed', 'drift-over', 'started', 'noted',
  'fetch-recovered', 'state-recovered', 'rollout-passed', 'board-recovered']);

let events = [];
let choice = 'all';
let dirty = false;
let fresh = [];
let telling = false;

const wanted = (event) => choice === 'all' || (choice === 'drift' ? DRIFT : FAILURE).has(event.event);

function severity(event) {
  if (FAILURE.has(event.event)) {
    return 'bad';
  }
  if (DOUBT.has(event.event)) {
    return 'doubt';
  }
  return GOOD.has(event.event) ? 'good' : 'plain';
}

/** A stream begins: what was there comes once more. */
export function beginEvents() {
  events = [];
}

/**
 * Takes events in their order.
 *
 * @param isNew whether they happened while somebody looks on
 */
export function takeEvents(some, isNew) {
  events.push(...some);
  events.splice(0, Math.max(0, events.length - KEPT));
  if (isNew) {
    fresh.push(...some.filter((event) => severity(event) !== 'plain'));
    tell();
  }
  if (!dirty) {
    dirty = true;
    requestAnimationFrame(draw);
  }
}

function tell() {
  if (telling || fresh.length === 0) {
    return;
  }
  const more = fresh.length > 1 ? `, and ${plural(fresh.length - 1, 'more event')} before it` : '';
  byId('said').textContent = fresh.at(-1).message + more;
  fresh = [];
  telling = true;
  setTimeout(() => {
    telling = false;
    tell();
  }, BETWEEN_MILLIS);
}

function draw() {
  dirty = false;
  const some = events.filter(wanted);
  const list = byId('events-list');
  const items = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const rows = some.slice(-SHOWN).reverse().map((event) => {
    const key = `${event.number} ${event.time}`;
    return items.get(key) ?? make('li', {'data-key': key, class: severity(event)},
      time(event.time), make('span', {class: 'event'}, event.event), make('span', {}, event.message));
  });
  list.replaceChildren(...rows);
  say(byId('events-note'), note(some.length));
}

function note(matched) {
  if (matched === 0) {
    return choice === 'all' ? 'The agent has said nothing yet.' : 'Nothing of that kind.';
  }
  return matched > SHOWN
    ? `The last ${SHOWN} of ${plural(matched, 'event')} that the page remembers.` : '';
}

byId('events-choice').addEventListener('change', (event) => {
  choice = event.target.value;
  draw();
});
