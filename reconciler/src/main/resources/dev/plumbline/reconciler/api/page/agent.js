// SPDX-License-Identifier: Apache-2.0
// Asks the agent: docs/agent.md has the paths, schemas/api.schema.json the forms.

const LONGEST_MILLIS = 20_000;

/** An answer as a tree; throws an Error with the agent's own words if it has none. */
export const ask = async (path) => (await answered(path)).json();

/** As `ask`, whatever the answer is. */
export async function answered(path) {
  const answer = await fetch(path, {
    signal: AbortSignal.timeout(LONGEST_MILLIS),
    cache: 'no-store',
  });
  if (answer.ok) {
    return answer;
  }
  const problem = await answer.json().catch(() => ({}));
  const error = new Error(problem.problem ?? `error ${answer.status}`);
  error.answered = true;
  throw error;
}

/**
 * Follows events, those that the agent remembers first, until `signal` or the agent ends it.
 * A line is an event.
 */
export async function follow(signal, take) {
  const answer = await fetch('/v1/events?follow', {signal, cache: 'no-store'});
  if (!answer.ok) {
    throw new Error(`error ${answer.status}`);
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop();
    take(lines.filter((line) => line !== '').map((line) => JSON.parse(line)));
  }
}
