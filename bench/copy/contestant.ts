import type { Cost } from './cost.js';

/** The steps of an edition, in this order. */
export const steps = ['fresh', 'release', 'unchanged', 'rollback'] as const;

/** One of {@link steps}. */
export type Step = (typeof steps)[number];

/** The steps' titles in tables. */
export const stepTitles: Readonly<Record<Step, string>> = {
  fresh: 'fresh publication',
  release: 'the next release',
  unchanged: 'nothing changed',
  rollback: 'rollback',
};

/** The contestants' names in tables and targets. */
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

/** One publication. Prefixes end in `/`. */
export interface Update {
  readonly source: string;
  readonly destination: string;
  /** Objects of the source. */
  readonly objects: number;
}

/** A program that can publish a site at a prefix. */
export interface Contestant {
  readonly name: ContestantName;
  /** The steps that it supports. */
  readonly steps: readonly Step[];
  /** Whether one round is enough, because a round takes long and varies little. */
  readonly isMeasuredOnce?: boolean;
  /** Prepares an update outside of the measurement, and returns the update to measure. */
  prepare?(update: Update): Promise<Update>;
  publish(update: Update): Promise<Cost>;
}
