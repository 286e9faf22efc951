import type { FileReport } from './file-report.js';

/** The number of slow files to name. */
const named = 15;

/**
 * Returns the slowest files, the failures, the counts in mocha's words, and last the names of failed tests, where
 * readers of a log's end see them. @param nameOf The display name of a file.
 */
export function summary(reports: readonly FileReport[], nameOf: (file: string) => string): string {
  const count = (of: (report: FileReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const passing = count((report) => report.passing);
  const pending = count((report) => report.pending);
  const failing = count((report) => report.failed.length);
  const names = reports.flatMap(({ file, failed }) =>
    failed.map((title) => `    ${nameOf(file)}: ${title.split('\n', 1)[0] ?? ''}\n`),
  );
  const details = reports
    .filter((report) => report.details !== '')
    .map((report) => `${nameOf(report.file)}:\n${report.details}\n`);
  return [
    longestFiles(reports, nameOf),
    ...details,
    'All tests:\n\n',
    `  ${passing} passing\n`,
    ...(pending > 0 ? [`  ${pending} pending\n`] : []),
    ...(failing > 0 ? [`  ${failing} failing\n`] : []),
    ...names,
  ].join('');
}

function longestFiles(reports: readonly FileReport[], nameOf: (file: string) => string): string {
  const lines = [...reports]
    .sort((one, other) => other.milliseconds - one.milliseconds)
    .slice(0, named)
    .map(({ file, milliseconds }) => `  ${Math.round(milliseconds / 1_000)} s  ${nameOf(file)}\n`);
  return `The longest files:\n\n${lines.join('')}\n`;
}
