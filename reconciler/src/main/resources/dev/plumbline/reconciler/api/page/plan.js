// SPDX-License-Identifier: Apache-2.0
// What would be done if nothing were in the way of the newest revision.
import {ask} from './agent.js';
import {byId, make, plural} from './dom.js';

const WORST = {
  none: 'touches no traffic',
  'in-place': 'changes what carries traffic, and does not stop it',
  interrupts: 'interrupts traffic',
};
const SIGNS = {create: '+', modify: '~', recreate: '±', delete: '−'};

/** More than these nobody reads; the command line has them all. */
const MOST = 100;

/** The agent reads the whole host for a plan: not for every blink. */
const BETWEEN_MILLIS = 5_000;

let about = '';
let asked = -Infinity;
let running = false;

/** What a plan depends on that the status tells; null: there is nothing to plan. */
function topic(status) {
  const waits = status.rollout?.because ? status.rollout.revision : null;
  if (status.state === 'in-sync' && !status.pending && waits === null) {
    return null;
  }
  return JSON.stringify([status.started, status.state, status.applied, status.held, status.pending,
    waits, status.why, status.drift.at(-1)?.number, status.objects]);
}

/** Plans anew where the status says that something else would come out. */
export async function followPlan(status) {
  const now = topic(status);
  if (now === null) {
    if (about !== null) {
      about = null;
      show(quiet('The newest revision is applied, and nothing differs from it.'));
    }
    return;
  }
  if (now !== about && !running && performance.now() - asked > BETWEEN_MILLIS) {
    about = now;
    await planNow();
  }
}

/** Plans, whatever the status says. */
export async function planNow() {
  if (running) {
    return;
  }
  running = true;
  asked = performance.now();
  const body = byId('plan-body');
  body.setAttribute('aria-busy', 'true');
  try {
    show(...drawn(await ask('/v1/plan')));
  } catch (error) {
    about = '';
    show(quiet(`It could not be planned: ${error.message}`));
  } finally {
    running = false;
    body.removeAttribute('aria-busy');
  }
}

const quiet = (text) => make('p', {class: 'quiet'}, text);

function show(...parts) {
  byId('plan-body').replaceChildren(...parts);
}

function drawn(foreseen) {
  const parts = [];
  if (foreseen.revision === null && foreseen.problems.length === 0) {
    return [quiet('There is no revision yet.')];
  }
  if (foreseen.revision !== null) {
    parts.push(make('p', {}, make('strong', {}, foreseen.revision),
      foreseen.applied ? ', which the host is kept at' : ', which is not applied'));
  }
  const plan = foreseen.plan;
  if (plan === null) {
    parts.push(foreseen.revision === null
      ? notes('bad', 'Not planned', foreseen.problems)
      : quiet('It cannot be planned for: the state says why it is held.'));
    return parts;
  }
  const problems = [...foreseen.problems, ...plan.problems];
  if (problems.length > 0) {
    parts.push(notes('bad', 'Problems', problems));
  }
  if (plan.warnings.length > 0) {
    parts.push(notes('doubt', 'Warnings', plan.warnings));
  }
  if (plan.changes.length === 0) {
    parts.push(quiet('No changes.'));
    return parts;
  }
  parts.push(summary(plan));
  parts.push(make('ol', {class: 'changes'}, ...plan.changes.slice(0, MOST).map(change)));
  if (plan.changes.length > MOST) {
    parts.push(quiet(`and ${plural(plan.changes.length - MOST, 'more change')}: see \`plumbline plan\``));
  }
  return parts;
}

function notes(severity, title, texts) {
  return make('div', {class: `condition ${severity}`}, make('h3', {}, title),
    make('ul', {}, ...texts.map((text) => make('li', {}, text))));
}

function summary(plan) {
  const counts = Object.keys(SIGNS).filter((action) => plan.summary[action] > 0).map((action) =>
    make('span', {class: `count ${action}`}, `${SIGNS[action]} ${plan.summary[action]} to ${action}`));
  const worst = plan.summary.disruption;
  return make('p', {class: 'summary'}, ...counts,
    make('span', {class: 'quiet'}, WORST[worst] ?? worst));
}

function change(each) {
  const what = each.disruption.what ?? (each.disruption.class === 'interrupts' ? 'interrupts' : null);
  return make('li', {class: each.action},
    make('span', {class: 'sign', 'aria-hidden': 'true'}, SIGNS[each.action]),
    make('div', {},
      make('span', {class: 'unseen'}, `${each.action} `),
      make('code', {}, each.address),
      what === null ? null : make('span', {class: 'interrupts'}, `interrupts ${what.replace(/^interrupts\s*/, '')}`),
      ...each.fields.map((field) => make('div', {class: 'field'},
        `${field.name}: `,
        ...(each.action === 'create' ? [] : [make('del', {}, field.before ?? 'none'), ' → ']),
        make('ins', {}, field.after ?? 'none')))));
}
