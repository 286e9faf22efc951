import { type CopyDeps, defaultMostNoted, type NoteLimit, type PrefixPair } from './copy-job.js';
import { type DiffEntry, diffBuild } from './diff.js';
import { listInParallel } from './list-in-parallel.js';
import type { Manifest } from './manifest.js';
import type { Gate } from '../integrations/object-store/object-store.js';

/** A build, and the prefix that is to hold it and nothing else. */
export interface SurveyJob extends PrefixPair, NoteLimit {
  readonly manifest: Manifest;
}

/** How a destination differs from its build. */
export interface Survey {
  /** What is missing or has other content, for people; the first few. */
  readonly differences: readonly string[];
  /** Keys (without the prefix) that the build does not have; the first of them where there are very many. */
  readonly extra: readonly string[];
  /** Whether `extra` has all of them. */
  readonly isWhole: boolean;
}

/** How many differences are told. */
const maxDifferences = 6;

/**
 * Looks how a destination differs from its build, by one listing of it: every key is there with its size and, where
 * ETags can be compared, its ETag, and nothing else is. Headers are not looked at.
 */
export async function surveyDestination(deps: CopyDeps, job: SurveyJob, gate: Gate): Promise<Survey> {
  const { maxNoted = defaultMostNoted } = job;
  const differences: string[] = [];
  const extra: string[] = [];
  for await (const entries of diffDestination(deps, job, gate)) {
    for (const entry of entries) {
      if (entry.source === undefined) {
        if (extra.length >= maxNoted) return { differences, extra, isWhole: false };
        extra.push(entry.key);
      } else {
        const difference = differenceOf(entry);
        if (difference !== null) differences.push(difference);
      }
    }
    if (differences.length >= maxDifferences) break;
  }
  return { differences: differences.slice(0, maxDifferences), extra, isWhole: true };
}

/** The keys (without the prefix) that a destination has and its build does not, however many. */
export async function* extraKeys(deps: CopyDeps, job: SurveyJob, gate: Gate): AsyncGenerator<string, void, undefined> {
  for await (const entries of diffDestination(deps, job, gate))
    for (const { key, source } of entries) if (source === undefined) yield key;
}

function diffDestination(deps: CopyDeps, { bucket, destinationPrefix, manifest }: SurveyJob, gate: Gate) {
  // The build has just been copied there.
  const listing = { bucket, prefix: destinationPrefix, gate, isExpected: true };
  return diffBuild({
    source: manifest.read(null),
    destination: listInParallel(deps.store, listing, manifest.boundaries.slice(0, -1)),
    copied: deps.etags.read(null),
  });
}

function differenceOf(entry: Exclude<DiffEntry, { readonly source: undefined }>): string | null {
  const { key, source, destination } = entry;
  if (destination === undefined) return `"${key}" is missing`;
  if (source.size !== destination.size) return `"${key}" has ${destination.size} bytes instead of ${source.size}`;
  return entry.content === 'different' ? `"${key}" has other content` : null;
}
