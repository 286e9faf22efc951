import type { Cost } from './cost.js';

/** What an edition goes through, in this order. */
export const steps = ['fresh', 'release', 'unchanged', 'rollback'] as const;

/** One of {@link steps}. */
export type Step = (typeof steps)[number];

/** How each step is called in tables. */
export const stepTitles: Readonly<Record<Step, string>> = {
  fresh: 'fresh publication',
  release: 'the next release',
  unchanged: 'nothing changed',
  rollback: 'rollback',
};

/** Who publishes: the names of tables, and what targets refer to. */
export const contestantNames = {
  known: 'this engine, headers known',
  learning: 'this engine, headers to learn',
  service: 'the whole service, PATCH to SUCCESS',
  s5cmdCopy: 's5cmd cp',
  s5cmdSync: 's5cmd sync --delete',
  rclone: 'rclone sync --checksum',
  aws: 'aws s3 sync --delete',
  keeper: "Keeper 1.9.0's algorithm",
} as const;

/** One of {@link contestantNames}. */
export type ContestantName = keyof typeof contestantNames;

/** One publication: what is to be shown, and where. Prefixes end in `/`. */
export interface Update {
  readonly source: string;
  readonly destination: string;
  /** Of the source. */
  readonly objects: number;
}

/** Somebody who can make a prefix show a site. */
export interface Contestant {
  readonly name: ContestantName;
  /** The steps that it can do at all. */
  readonly steps: readonly Step[];
  /** Whether one round is enough, since a round takes long and hardly differs from the next. */
  readonly isMeasuredOnce?: boolean;
  /** Gets ready for an update what is not to be measured, and gives the update that then will be. */
  prepare?(update: Update): Promise<Update>;
  publish(update: Update): Promise<Cost>;
}
