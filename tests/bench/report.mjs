// The rows as a table for the terminal and as one for docs/benchmarks.md.

/** @typedef {import('./figures.mjs').Row} Row */

const HEAD = ['#', 'Figure', 'Seen', 'Spread', 'Bar', '', 'Behind it'];

/**
 * @param {Row[]} rows
 * @returns {string} aligned columns
 */
export function table(rows) {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * @param {Row[]} rows
 * @returns {string} a Markdown table
 */
export function markdown(rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.map((row) => line(cellsOf(row)))].join(
    '\n',
  );
}

/**
 * Whether the row reaches its bar; rows without one always do.
 * @param {Row} row
 */
export function holds({ value, bar }) {
  if (!bar) return true;
  return 'least' in bar ? value >= bar.least : value <= bar.most;
}

/** @param {Row} row */
function cellsOf(row) {
  const { number, name, value, range, unit, bar, note } = row;
  const shown = (/** @type {number} */ figure) =>
    unit === 'B' ? figure.toFixed(0) : unit === 'kB' ? figure.toFixed(1) : figure.toFixed(2);
  const suffix = unit ? ` ${unit}` : '';
  const bound = bar && ('least' in bar ? `≥ ${bar.least}` : `≤ ${bar.most}`);
  return [
    number,
    name,
    shown(value) + suffix,
    range ? `${shown(range[0])}–${shown(range[1])}` : '',
    bound ? bound + suffix : '',
    bar ? (holds(row) ? '✓' : '✗') : '',
    note,
  ];
}
