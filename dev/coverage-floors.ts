/** What istanbul's json-summary says of one file. */
export interface FileCoverage {
  readonly lines: Counts;
  readonly branches: Counts;
}

interface Counts {
  readonly total: number;
  readonly covered: number;
}

/** The least share of lines, and of branches, that the tests must run in the files of one group. */
export interface Floor {
  readonly name: string;
  /** Percent. */
  readonly floor: number;
  readonly includes: (file: string) => boolean;
}

/** Workflow code runs in a sandbox that coverage does not see; replay and scenario tests prove it instead. */
export const floors: readonly Floor[] = [
  { name: 'src/domain', floor: 95, includes: (file) => file.startsWith('src/domain/') },
  { name: 'src/services', floor: 95, includes: (file) => file.startsWith('src/services/') },
  {
    name: 'src but src/workflows',
    floor: 90,
    includes: (file) => file.startsWith('src/') && !file.startsWith('src/workflows/'),
  },
];

/** The share of one group, in percent; a group without code is not covered at all. */
export interface Share {
  readonly name: string;
  readonly floor: number;
  readonly lines: number;
  readonly branches: number;
  readonly met: boolean;
}

/** Measures each group of files, named relative to the checkout, against its floor. */
export function measure(files: ReadonlyMap<string, FileCoverage>): Share[] {
  return floors.map(({ name, floor, includes }) => {
    const group = [...files].filter(([file]) => includes(file)).map(([, coverage]) => coverage);
    const lines = percent(group.map((each) => each.lines));
    const branches = percent(group.map((each) => each.branches));
    return { name, floor, lines, branches, met: lines > floor && branches > floor };
  });
}

function percent(counts: readonly Counts[]): number {
  const total = counts.reduce((sum, each) => sum + each.total, 0);
  const covered = counts.reduce((sum, each) => sum + each.covered, 0);
  return total === 0 ? 0 : (100 * covered) / total;
}

/**
 * Whether a compiled module can run at all. One that declared types alone is `export {};`: nothing loads it, and its
 * lines would count as missed.
 */
export function hasCode(compiled: string): boolean {
  const bare = compiled.replace(/^\/\/#.*$/gm, '').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return bare.replace(/export\s*\{\s*\};?/g, '').trim() !== '';
}
