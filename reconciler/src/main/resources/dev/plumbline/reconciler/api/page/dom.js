// SPDX-License-Identifier: Apache-2.0
// Elements made of texts: what the agent says is never taken for HTML.

/** An element. `attributes` are set as they are; null and false leave one out. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Sets a text, and touches nothing where it is the same: a selection or a reader's place stays. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const TIME = new Intl.DateTimeFormat(undefined, {timeStyle: 'medium', hourCycle: 'h23'});
const DAY = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23'});

/** A moment as a clock here shows it, with the day if that is not today. */
export function moment(instant) {
  const date = new Date(instant);
  const today = date.toDateString() === new Date().toDateString();
  return (today ? TIME : DAY).format(date);
}

export function time(instant) {
  return make('time', {datetime: instant, title: instant}, moment(instant));
}

const NUMBER = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', {maximumSignificantDigits: 3});

export const count = (number) => NUMBER.format(number);

/** 1.23 GB; powers of 1000, as links are sold. */
export function size(number, unit = 'B') {
  let value = number;
  let power = 0;
  while (value >= 999.5 && power < 4) {
    value /= 1000;
    power++;
  }
  return `${SHORT.format(value)} ${['', 'k', 'M', 'G', 'T'][power]}${unit}`;
}

/** 45 s, 12 min, 3 h, 2 d. */
export function duration(millis) {
  const seconds = Math.floor(millis / 1000);
  if (seconds < 120) {
    return `${seconds} s`;
  }
  if (seconds < 7200) {
    return `${Math.floor(seconds / 60)} min`;
  }
  return seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

export const plural = (number, one, many = `${one}s`) =>
  `${count(number)} ${number === 1 ? one : many}`;
