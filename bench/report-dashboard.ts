import type { DashboardMeasurement } from './measure-dashboard.js';

const header = [
  '| editions, and as many builds | runs | dashboard rendered p50 | max | size |',
  '| ---: | ---: | ---: | ---: | ---: |',
];

/** The measurements as a Markdown table. */
export function dashboardTable(measurements: readonly DashboardMeasurement[]): string {
  return `${[...header, ...measurements.map(row)].join('\n')}\n`;
}

function row({ items, runs, bytes }: DashboardMeasurement): string {
  const sorted = [...runs].sort((one, other) => one - other);
  const times = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)].map(
    (milliseconds) => `${(milliseconds ?? 0).toFixed(0)} ms`,
  );
  const cells = [items.toLocaleString('en'), runs.length, ...times, `${(bytes / 1_000_000).toFixed(1)} MB`];
  return `| ${cells.join(' | ')} |`;
}
