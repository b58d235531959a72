// SPDX-License-Identifier: Apache-2.0
// The picture of the host, drawn anew when something has changed.
import {answered} from './agent.js';
import {byId, say} from './dom.js';

/** Drawing takes the host a second of CPU: not for every blink. */
const BETWEEN_MILLIS = 15_000;

/** What failed fails again, as a rule, until something changes. */
const AFTER_FAILURE_MILLIS = 120_000;

let about = '';
let failed = false;
let asked = -Infinity;
let running = false;
let visible = false;
let last = null;

/** What the picture depends on that the status tells. */
const topic = (status) => JSON.stringify([status.started, status.applied, status.appliedAt,
  status.drift.at(-1)?.number, status.objects.map((each) => each.address)]);

/** Draws anew where the status says that something else would come out, and anybody sees it. */
export async function followPicture(status) {
  last = status;
  const now = topic(status);
  const since = performance.now() - asked;
  const isDue = now === about ? failed && since > AFTER_FAILURE_MILLIS : since > BETWEEN_MILLIS;
  if (!visible || running || !isDue) {
    return;
  }
  running = true;
  asked = performance.now();
  try {
    await load(`/v1/picture?drawn=${Date.now()}`);
    show(status);
    about = now;
    failed = false;
  } catch {
    const why = await reason();
    byId('picture-box').hidden = true;
    say(byId('picture-note'), `There is no picture: ${why.message}`);
    // Where nothing was answered nothing was drawn: it is asked for as soon as that is over.
    about = why.answered ? now : '';
    failed = true;
  } finally {
    running = false;
  }
}

/** As an image, nothing in it can run. */
function load(address) {
  const image = byId('picture-image');
  return new Promise((loaded, broken) => {
    image.onload = loaded;
    image.onerror = broken;
    image.src = address;
  });
}

/** An image does not say why it fails; the agent remembers, and says it again. */
async function reason() {
  try {
    const answer = await answered('/v1/picture');
    await answer.body.cancel();
    return {message: 'the browser cannot show it', answered: true};
  } catch (error) {
    return error;
  }
}

function show(status) {
  byId('picture-image').alt = `Picture of ${status.host}: what is connected to what. ` +
    'The tables of ports and MAC addresses have the same in words.';
  byId('picture-box').hidden = false;
  say(byId('picture-note'), '');
}

new IntersectionObserver((entries) => {
  visible = entries.at(-1).isIntersecting;
  if (visible && last !== null) {
    followPicture(last);
  }
}, {rootMargin: '200px'}).observe(byId('picture'));
