/** What mocha counts, in the words and the order of its summary. */
const kinds = ['passing', 'pending', 'failing'] as const;

/** How many tests ended in each way. */
export type Tally = Readonly<Record<(typeof kinds)[number], number>>;

/** The sums of the summaries that several runs of mocha (reporter `spec`) have printed; a run that broke off has none. */
export function tally(outputs: readonly string[]): Tally {
  const sum = (kind: string): number =>
    outputs.reduce((total, output) => total + Number(summaryLine(kind).exec(output)?.[1] ?? 0), 0);
  return { passing: sum('passing'), pending: sum('pending'), failing: sum('failing') };
}

/** The summary of all runs, as mocha would print it of one. */
export function summary(counts: Tally): string {
  return kinds
    .filter((kind) => kind === 'passing' || counts[kind] > 0)
    .map((kind) => `  ${counts[kind]} ${kind}\n`)
    .join('');
}

/** `  12 passing (3s)`, alone on a line; colours, where there are any, around it. */
function summaryLine(kind: string): RegExp {
  return new RegExp(`^(?:\\u001b\\[[0-9;]*m|\\s)*(\\d+) ${kind}\\b`, 'm');
}
