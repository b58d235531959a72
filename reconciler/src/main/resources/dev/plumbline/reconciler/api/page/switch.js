// SPDX-License-Identifier: Apache-2.0
// The tables of bridges: ports of all, flows and addresses of the embedded switch.
import {byId, count, duration, size} from './dom.js';
import {Table} from './table.js';

// Counters of the reading before, for rates: only of the ports on the screen.
let before = new Map();
let now = new Map();

const sum = (row, counter) => row.parts.reduce((total, part) => total + part[counter], 0);

/** A port, and a line for each of its parts if they have names. */
function portLines(row) {
  const named = row.parts.filter((part) => part.part !== '');
  return [row, ...named.map((part) => (
    {...row, isPart: true, name: part.part, parts: [part], type: '', vlan: ''}))];
}

function state(row) {
  const up = row.parts.filter((part) => part.up).length;
  const there = row.parts.filter((part) => part.there).length;
  // Where its parts are told one by one, so are their problems.
  const problem = row.isPart || row.parts.every((part) => part.part === '')
    ? row.parts.find((part) => part.problem)?.problem : null;
  const word = row.parts.length > 1 ? `${up} of ${row.parts.length} up`
    : up > 0 || row.parts.length === 0 ? 'up' : there > 0 ? 'down' : 'not there';
  return problem ? `${word}: ${problem}` : word;
}

function mark(row) {
  const up = row.parts.filter((part) => part.up).length;
  if (row.type === 'patch') {
    return '';
  }
  return up === row.parts.length ? 'up' : up > 0 ? 'some' : 'down';
}

/** Bits a second since the reading before; a counter that went back began anew. */
function rate(row, counter) {
  const key = `${row.bridge}/${row.port}/${row.name ?? ''}/${counter}`;
  const bytes = sum(row, counter);
  const at = performance.now();
  now.set(key, {bytes, at});
  const last = before.get(key);
  if (!last || at - last.at < 500 || bytes < last.bytes) {
    return '–';
  }
  return size(((bytes - last.bytes) * 8000) / (at - last.at), 'bit/s');
}

const counter = (title, sort) => (
  {title, sort, number: true, text: (row) => count(sum(row, sort))});
const bytes = (title, sort) => ({title, sort, number: true, text: (row) => size(sum(row, sort))});

const what = {
  device: (row) => (row.device === row.port ? 'device' : `device ${row.device}`),
  internal: (row) => `internal, device ${row.device}`,
  patch: (row) => `patch to ${row.peer}`,
  bond: (row) => `bond, ${row.mode}`,
  kernel: (row) => (row.kind ? `kernel, ${row.kind}` : 'kernel'),
};

const ports = new Table('ports', {
  of: 'ports',
  caption: 'Ports and their counters',
  empty: 'There are none: no bridge of the host has a port.',
  expand: portLines,
  columns: [
    {title: 'Port', sort: 'port', text: (row) => row.name ?? row.port},
    {title: 'Bridge', sort: null, text: (row) => (row.isPart ? '' : row.bridge)},
    {title: 'Kind', sort: 'type',
      text: (row) => (row.isPart ? '' : what[row.type]?.(row) ?? `${row.type} to ${row.remotes}`)},
    {title: 'VLAN', sort: 'vlan', text: (row) => row.vlan ?? ''},
    {title: 'State', sort: 'up', wraps: true, text: (row) => (row.type === 'patch' ? '–' : state(row)), mark},
    counter('Rx packets', 'rxPackets'),
    bytes('Rx bytes', 'rxBytes'),
    {title: 'Rx now', sort: null, number: true, text: (row) => rate(row, 'rxBytes')},
    counter('Tx packets', 'txPackets'),
    bytes('Tx bytes', 'txBytes'),
    {title: 'Tx now', sort: null, number: true, text: (row) => rate(row, 'txBytes')},
  ],
});
const show = ports.show.bind(ports);
ports.show = (page) => {
  ports.setBridges(page.bridges);
  now = new Map();
  show(page);
  before = now;
};

const plain = (title, key) => ({title, sort: key, number: true, text: (row) => count(row[key])});

const LISTS = {
  decided: {
    of: 'decided',
    empty: 'There are none: a bridge without flows of its own does NORMAL, as a learning switch does.',
    columns: [
      {title: 'Match', sort: 'match', code: true, text: (row) => row.match || 'any packet'},
      {title: 'Actions', sort: 'actions', code: true, text: (row) => row.actions},
      {title: 'Bridge', sort: null, text: (row) => row.bridge},
      {title: 'Table', sort: 'order', number: true, text: (row) => String(row.table)},
      {title: 'Priority', sort: 'priority', number: true, text: (row) => String(row.priority)},
      plain('Packets', 'packets'),
      {title: 'Bytes', sort: 'bytes', number: true, text: (row) => size(row.bytes)},
      {title: 'Idle', sort: 'idleMillis', number: true, text: (row) => duration(row.idleMillis)},
    ],
  },
  cached: {
    of: 'cached',
    empty: 'There are none: no packet has come lately, or there is no embedded switch.',
    columns: [
      {title: 'Match', sort: 'match', code: true, text: (row) => row.match},
      {title: 'Actions', sort: 'actions', code: true, text: (row) => row.actions},
      {title: 'Bridge', sort: null, text: (row) => row.bridge},
      plain('Packets', 'packets'),
      {title: 'Bytes', sort: 'bytes', number: true, text: (row) => size(row.bytes)},
      {title: 'Used', sort: 'usedMillis', number: true,
        text: (row) => (row.packets === 0 ? 'never' : `${duration(row.usedMillis)} ago`)},
    ],
  },
};

const flows = new Table('flows', {...LISTS.decided, caption: 'Flows'});
byId('flows-choice').addEventListener('change', (event) => flows.become(LISTS[event.target.value]));

const addresses = new Table('addresses', {
  of: 'addresses',
  caption: 'MAC addresses',
  empty: 'No bridge of the embedded switch knows any.',
  columns: [
    {title: 'MAC address', sort: 'mac', text: (row) => row.mac},
    {title: 'VLAN', sort: 'vlan', number: true, text: (row) => String(row.vlan)},
    {title: 'Port', sort: 'port', text: (row) => row.port},
    {title: 'Bridge', sort: 'bridge', text: (row) => row.bridge},
    {title: 'Seen', sort: 'ageSeconds', number: true,
      text: (row) => (row.static ? 'static' : `${duration(row.ageSeconds * 1000)} ago`)},
  ],
});

const TABLES = [ports, flows, addresses];

/** The bridges of the embedded switch. */
export function setBridges(names) {
  [flows, addresses].forEach((table) => table.setBridges(names));
}

export function refreshTables() {
  TABLES.forEach((table) => table.refresh());
}
