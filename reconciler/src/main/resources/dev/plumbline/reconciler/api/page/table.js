// SPDX-License-Identifier: Apache-2.0
// A table of the switch: the agent filters, sorts and counts, the page has one screen of it.
import {ask} from './agent.js';
import {byId, count, make, say} from './dom.js';

const ROWS = 50;
const TYPING_MILLIS = 250;

/**
 * A table in a section.
 *
 * columns: {title, sort: the agent's name for it or null, text: row => text} each, with number,
 *   code or wraps where it is one, and mark: row => how it is coloured; expand: row => rows, where one is shown as several
 */
export class Table {
  constructor(section, {of, columns, empty, caption, expand = (row) => [row], descending = []}) {
    Object.assign(this, {of, columns, empty, expand, first: descending});
    this.offset = 0;
    this.sort = null;
    this.descending = false;
    this.bridges = [];
    this.visible = false;
    this.build(byId(section), caption);
    new IntersectionObserver((entries) => {
      this.visible = entries.at(-1).isIntersecting;
      this.refresh();
    }, {rootMargin: '200px'}).observe(byId(section));
  }

  build(section, caption) {
    const id = section.id;
    this.filter = make('input', {type: 'search', id: `${id}-filter`, autocomplete: 'off',
      spellcheck: 'false', placeholder: 'any text of a row'});
    this.bridge = make('select', {id: `${id}-bridge`}, make('option', {value: ''}, 'all bridges'));
    this.heads = make('tr');
    this.body = make('tbody');
    this.caption = make('caption', {class: 'unseen'}, caption);
    this.back = make('button', {type: 'button', 'aria-label': `Previous rows: ${caption}`}, '← Previous');
    this.on = make('button', {type: 'button', 'aria-label': `Next rows: ${caption}`}, 'Next →');
    this.place = make('span', {class: 'place', role: 'status'});
    this.note = make('p', {class: 'quiet'});
    this.scroll = make('div', {class: 'scroll', role: 'region', tabindex: '0',
      'aria-label': `${caption}: rows`},
    make('table', {}, this.caption, make('thead', {}, this.heads), this.body));
    this.tools = make('div', {class: 'tools'},
      make('label', {for: this.bridge.id}, 'Bridge'), this.bridge,
      make('label', {for: this.filter.id}, 'Filter'), this.filter,
      make('span', {class: 'pages'}, this.place, this.back, this.on));
    section.append(this.tools, this.scroll, this.note);
    let typing = 0;
    this.filter.addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.turn(0), TYPING_MILLIS);
    });
    this.bridge.addEventListener('change', () => this.turn(0));
    this.back.addEventListener('click', () => this.turn(Math.max(0, this.offset - ROWS)));
    this.on.addEventListener('click', () => this.turn(this.offset + ROWS));
    this.drawHeads();
  }

  drawHeads() {
    this.heads.replaceChildren(...this.columns.map((column) => {
      const head = make('th', {scope: 'col', class: column.number ? 'number' : null});
      if (column.sort) {
        const button = make('button', {type: 'button'}, column.title);
        button.addEventListener('click', () => this.order(column));
        head.append(button);
      } else {
        head.append(column.title);
      }
      column.head = head;
      return head;
    }));
  }

  /** Another list in the same place. */
  become({of, columns, empty}) {
    Object.assign(this, {of, columns, empty, sort: null, descending: false});
    this.drawHeads();
    this.body.replaceChildren();
    this.turn(0);
  }

  /** Sorts by a column; by the one that it is sorted by, the other way round. Numbers begin with the greatest. */
  order(column) {
    this.descending = this.sort === column.sort ? !this.descending : column.number === true;
    this.sort = column.sort;
    for (const each of this.columns) {
      each.head.removeAttribute('aria-sort');
    }
    column.head.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
    this.turn(0);
  }

  turn(offset) {
    this.offset = offset;
    return this.refresh(true);
  }

  setBridges(names) {
    if (names.join('\n') === this.bridges.join('\n')) {
      return;
    }
    this.bridges = names;
    const chosen = this.bridge.value;
    this.bridge.replaceChildren(make('option', {value: ''}, 'all bridges'),
      ...names.map((name) => make('option', {value: name}, name)));
    this.bridge.value = names.includes(chosen) ? chosen : '';
  }

  query() {
    const query = new URLSearchParams({of: this.of, offset: this.offset, limit: ROWS});
    if (this.bridge.value) {
      query.set('bridge', this.bridge.value);
    }
    if (this.filter.value.trim()) {
      query.set('contains', this.filter.value.trim());
    }
    if (this.sort) {
      query.set('sort', this.sort);
    }
    if (this.descending) {
      query.set('descending', '');
    }
    return query.toString();
  }

  /** Asks again if anybody sees it. What is asked for meanwhile is asked for after. */
  async refresh(always = false) {
    if (!this.visible && !always) {
      return;
    }
    if (this.asking) {
      this.again ||= always;
      return;
    }
    this.asking = true;
    const query = this.query();
    try {
      const page = await ask(`/v1/rows?${query}`);
      if (query === this.query()) {
        this.show(page);
      }
    } catch (error) {
      if (error.answered) {
        say(this.note, error.message);
      } // else the page says that the agent is gone
    } finally {
      this.asking = false;
      if (this.again) {
        this.again = false;
        this.refresh(true);
      }
    }
  }

  show(page) {
    if (page.rows.length === 0 && page.offset > 0 && page.matched > 0) {
      this.turn(0); // there are fewer now
      return;
    }
    const rows = page.rows.flatMap((row) => this.expand(row));
    while (this.body.rows.length > rows.length) {
      this.body.deleteRow(-1);
    }
    rows.forEach((row, index) => this.drawRow(row, index));
    const end = page.offset + page.rows.length;
    say(this.place, page.matched === 0 ? 'none'
      : `${count(page.offset + 1)}–${count(end)} of ${count(page.matched)}`);
    this.back.disabled = page.offset === 0;
    this.on.disabled = end >= page.matched;
    say(this.note, page.total === 0 ? this.empty : page.matched === 0
      ? `None of ${count(page.total)} has that.` : '');
    this.scroll.hidden = page.total === 0;
    // Of one bridge there may be none where of all there are some.
    this.tools.hidden = page.total === 0 && this.bridge.value === '';
  }

  /** Cells keep their place and what is the same: nothing flickers, and a selection stays. */
  drawRow(row, index) {
    let line = this.body.rows[index];
    if (!line) {
      line = this.body.insertRow();
      this.columns.forEach((column, at) => line.append(
        make(at === 0 ? 'th' : 'td', {scope: at === 0 ? 'row' : null,
          class: column.number ? 'number' : column.code ? 'code' : column.wraps ? 'wraps' : null})));
    }
    line.className = row.isPart ? 'part' : '';
    this.columns.forEach((column, at) => {
      const cell = line.cells[at];
      say(cell, column.text(row));
      cell.dataset.mark = column.mark?.(row) ?? '';
    });
  }
}
