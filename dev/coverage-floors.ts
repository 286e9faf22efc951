/** One file in istanbul's json-summary. */
export interface FileCoverage {
  readonly lines: Counts;
  readonly branches: Counts;
}

interface Counts {
  readonly total: number;
  readonly covered: number;
}

/** The least share of covered lines and branches in one group of files. */
export interface Floor {
  readonly name: string;
  /** Percent. */
  readonly floor: number;
  readonly includes: (file: string) => boolean;
}

/** Workflow code runs in a sandbox without coverage; replay and scenario tests cover it instead. */
export const floors: readonly Floor[] = [
  { name: 'src/domain', floor: 95, includes: (file) => file.startsWith('src/domain/') },
  { name: 'src/services', floor: 95, includes: (file) => file.startsWith('src/services/') },
  {
    name: 'src but src/workflows',
    floor: 90,
    includes: (file) => file.startsWith('src/') && !file.startsWith('src/workflows/'),
  },
];

/** The covered share of one group, in percent; 0 for a group without code. */
export interface Share {
  readonly name: string;
  readonly floor: number;
  readonly lines: number;
  readonly branches: number;
  readonly met: boolean;
}

/** Measures each group of files against its floor. File names are relative to the checkout. */
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
 * Whether a compiled module contains code. A module with types only is `export {};`: nothing loads it, so its lines
 * would count as uncovered.
 */
export function hasCode(compiled: string): boolean {
  const bare = compiled.replace(/^\/\/#.*$/gm, '').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return bare.replace(/export\s*\{\s*\};?/g, '').trim() !== '';
}
