// SPDX-License-Identifier: Apache-2.0
// The picture of the host, drawn anew when something has changed.
import {byId, say} from './dom.js';

/** Drawing takes the host a second of CPU: not for every blink. */
const BETWEEN_MILLIS = 15_000;

let about = '';
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
  if (!visible || running || now === about || performance.now() - asked < BETWEEN_MILLIS) {
    return;
  }
  running = true;
  asked = performance.now();
  try {
    const answer = await fetch('/v1/picture', {cache: 'no-store'});
    if (!answer.ok) {
      throw new Error((await answer.json()).problem);
    }
    await answer.blob();
    show(status);
    about = now;
  } catch (error) {
    say(byId('picture-note'), `There is no picture: ${error.message}`);
    byId('picture-box').hidden = true;
  } finally {
    running = false;
  }
}

/** The agent has just drawn it, and gives the same again: as an image nothing in it can run. */
function show(status) {
  const image = byId('picture-image');
  image.alt = `Picture of ${status.host}: what is connected to what. ` +
    'The tables of ports and MAC addresses have the same in words.';
  image.src = `/v1/picture?drawn=${Date.now()}`;
  byId('picture-box').hidden = false;
  say(byId('picture-note'), '');
}

new IntersectionObserver((entries) => {
  visible = entries.at(-1).isIntersecting;
  if (visible && last !== null) {
    followPicture(last);
  }
}, {rootMargin: '200px'}).observe(byId('picture'));
