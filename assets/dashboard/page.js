'use strict';

/*
 * Filters and sorts what the page lists. Without it everything is there, in its first order.
 */
(() => {
  const numeric = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

  /** What a cell is sorted by: the order that the page gives it, its moment, else its text. */
  function keyOf(cell) {
    return cell.dataset.order ?? cell.querySelector('time')?.dateTime ?? cell.textContent.trim();
  }

  function sortBy(table, header) {
    const headers = [...header.parentElement.cells];
    const column = headers.indexOf(header);
    const direction = header.ariaSort === 'ascending' ? 'descending' : 'ascending';
    for (const each of headers) each.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', direction);
    const sign = direction === 'ascending' ? 1 : -1;
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
    keyed.sort((one, other) => sign * numeric.compare(one.key, other.key));
    body.append(...keyed.map(({ row }) => row));
  }

  function makeSortable(table) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      button.addEventListener('click', () => sortBy(table, header));
      header.append(button);
    }
  }

  function makeFilterable(form) {
    const input = form.querySelector('input');
    const found = form.querySelector('output');
    const none = document.getElementById('none');
    const groups = [...document.querySelectorAll('[data-group]')].map((group) => ({
      group,
      rows: [...group.querySelectorAll('[data-row]')].map((row) => ({
        row,
        text: row.textContent.toLowerCase(),
      })),
    }));
    const total = groups.reduce((sum, { rows }) => sum + rows.length, 0);

    function filter() {
      const words = input.value.toLowerCase().split(/\s+/);
      let shown = 0;
      for (const { group, rows } of groups) {
        let left = 0;
        for (const { row, text } of rows) {
          row.hidden = !words.every((word) => text.includes(word));
          if (!row.hidden) left += 1;
        }
        group.hidden = left === 0;
        shown += left;
      }
      none.hidden = shown > 0;
      found.value = input.value.trim() === '' ? '' : `${shown} of ${total}`;
    }

    form.hidden = false;
    form.addEventListener('submit', (event) => event.preventDefault());
    input.addEventListener('input', filter);
    // A browser that comes back to the page fills in what was typed before.
    filter();
  }

  document.querySelectorAll('[data-sortable]').forEach(makeSortable);
  document.querySelectorAll('[data-filter]').forEach(makeFilterable);
})();
