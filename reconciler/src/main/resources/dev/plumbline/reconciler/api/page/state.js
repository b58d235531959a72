// SPDX-License-Identifier: Apache-2.0
// How the host stands to its revision, and what is in the way.
import {byId, count, make, moment, plural, say, time} from './dom.js';

const WORDS = {
  'in-sync': 'in sync',
  drifted: 'drifted',
  held: 'held',
  paused: 'paused',
  starting: 'starting',
};

const CONDITIONS = {
  paused: 'paused',
  reported: 'drift, only reported',
  fight: 'somebody else sets it, too',
  failed: 'cannot be repaired',
};

let shown = '';

export function word(status) {
  return WORDS[status.state] ?? status.state;
}

function sentence(status) {
  const at = status.applied ? `revision ${status.applied}` : 'no revision yet';
  switch (status.state) {
    case 'in-sync':
      return status.waiting.length > 0
        ? `The host is as ${at} says, but for what waits.`
        : `The host is as ${at} says.`;
    case 'drifted':
      return `The host is not as ${at} says.`;
    case 'held':
      return `A newer revision is not applied: ${status.held}. ` +
        (status.applied ? `The host is kept at ${at}.` : 'Nothing was applied yet.');
    case 'paused':
      return 'Somebody has paused the agent: it applies nothing and repairs nothing' +
        (status.pause.until ? ` until ${moment(status.pause.until)}.` : ' until `plumbline resume`.');
    default:
      return 'No revision was applied yet.';
  }
}

/** What a person should know, the worst first: [severity, title, list of texts]. */
function conditions(status) {
  const all = [];
  const add = (severity, title, texts) => texts.length > 0 && all.push([severity, title, texts]);
  add('bad', status.held ? 'Why it is held' : 'In the way', status.why);
  add('bad', 'Not fetched', status.fetch.problem ? [status.fetch.problem] : []);
  const left = status.objects.map(
    (each) => `${each.address} (${CONDITIONS[each.condition] ?? each.condition}): ${each.because}`);
  add('doubt', 'Left alone', left);
  const open = status.unconfirmed;
  add('doubt', 'Not confirmed', open ? [
    `${open.file}, applied by ${open.by}, is rolled back at ${moment(open.until)} unless it is confirmed before`,
  ] : []);
  const rollout = status.rollout;
  add(rollout?.state === 'stopped' ? 'bad' : 'doubt', 'Waits for its wave', rollout?.because ? [
    `${rollout.label}, wave ${rollout.wave} of ${rollout.waves} (${rollout.name}): ${rollout.because}`,
  ] : []);
  add('doubt', 'Waiting', status.waiting.map((each) => `${each.address} waits for ${each.waitsFor}`));
  add('doubt', 'Paused objects', status.pause.objects.map(
    (each) => each.object + (each.until ? `, until ${moment(each.until)}` : '')));
  add('doubt', 'Cannot be told to others', status.telling?.problem ? [status.telling.problem] : []);
  add('doubt', 'The switch warns', status.switch?.warnings ?? []);
  return all;
}

function facts(status) {
  const all = [];
  const add = (name, ...value) => all.push([name, value]);
  add('Revision', status.applied ?? 'none yet');
  if (status.committed) {
    add('Committed', time(status.committed));
  }
  if (status.appliedAt) {
    add('Applied', time(status.appliedAt));
  }
  add('Compared', status.checked ? time(status.checked) : 'not yet');
  add('From', status.fetch.from);
  if (status.fetch.last) {
    add('Fetched', time(status.fetch.last),
      ...(status.fetch.next ? [', next ', time(status.fetch.next)] : []));
  }
  const of = status.switch;
  if (of) {
    add('Fast path', of.fastPath);
    add('Its flows', `${count(of.flows)} cached; ${plural(of.upcalls, 'upcall')}, ${count(of.upcallsLost)} lost`);
    const drops = Object.entries(of.drops).map(([why, times]) => `${count(times)} × ${why}`);
    const errors = Object.entries(of.errors).map(([what, times]) => `${count(times)} × ${what}`);
    if (drops.length > 0) {
      add('Dropped', drops.join('; '));
    }
    if (errors.length > 0) {
      add('Errors', errors.join('; '));
    }
  }
  return all;
}

/** Draws it anew, where it is not as it was: a selection stays meanwhile. */
export function showState(status) {
  say(byId('host'), status.host);
  const pill = byId('pill');
  pill.dataset.state = status.state;
  say(pill, word(status));
  document.title = `${status.host}: ${word(status)} – plumbline`;
  say(byId('version'),
    `plumbline ${status.plumbline}, process ${status.process}, started ${moment(status.started)}`);
  const now = JSON.stringify([sentence(status), conditions(status), facts(status).map(
    ([name, value]) => [name, value.map((each) => each.textContent ?? each)])]);
  if (now === shown) {
    return;
  }
  shown = now;
  say(byId('sentence'), sentence(status));
  byId('conditions').replaceChildren(...conditions(status).map(([severity, title, texts]) =>
    make('div', {class: `condition ${severity}`},
      make('h3', {}, title),
      make('ul', {}, ...texts.map((text) => make('li', {}, text))))));
  byId('facts').replaceChildren(...facts(status).flatMap(
    ([name, value]) => [make('dt', {}, name), make('dd', {}, ...value)]));
}
