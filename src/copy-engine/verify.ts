import { KeeperError } from '../domain/errors.js';
import { compareEtags } from '../domain/etags.js';
import type { Gate } from '../integrations/object-store/object-store.js';
import { assertPrefix, assertPrefixes, type CopyDeps, type PrefixPair } from './copy-job.js';
import { diffPrefixes } from './copy-run.js';
import type { DiffEntry } from './diff.js';
import { listObjects } from './list.js';

/** How many differences an error names. */
const mostNamed = 5;

/** How a verification is stopped. */
export interface VerifyControl {
  readonly signal: AbortSignal;
}

/**
 * Looks whether the edition's prefix holds the build's objects and nothing else, by both listings: every key is there
 * with its size and, where ETags can be compared, its ETag. Headers are not looked at.
 *
 * @throws {KeeperError} `verification_failed`, naming the first differences.
 */
export async function verifyCopy(deps: CopyDeps, job: PrefixPair, control: VerifyControl): Promise<void> {
  assertPrefixes(job);
  const gate = gateOf(control);
  const differences: string[] = [];
  for await (const entry of diffPrefixes(deps, job, { gate })) {
    const difference = await differenceOf(deps, job, { entry, gate });
    if (difference !== null) differences.push(difference);
    if (differences.length > mostNamed) break;
  }
  if (differences.length > 0) throw failure(job.destinationPrefix, differences);
}

/** Looks whether nothing is left under a prefix. @throws {KeeperError} `verification_failed`, naming what is. */
export async function verifyEmpty(
  deps: CopyDeps,
  target: { readonly bucket: string; readonly prefix: string },
  control: VerifyControl,
): Promise<void> {
  const { bucket, prefix } = target;
  assertPrefix(prefix);
  for await (const page of listObjects(deps.store, { bucket, prefix, gate: gateOf(control) })) {
    if (page.length === 0) continue;
    throw failure(
      prefix,
      page.map(({ key }) => `"${key}" should not be there`),
    );
  }
}

async function differenceOf(
  deps: CopyDeps,
  job: PrefixPair,
  { entry, gate }: { readonly entry: DiffEntry; readonly gate: Gate },
): Promise<string | null> {
  const { key, source, destination } = entry;
  if (source === undefined) return `"${key}" should not be there`;
  if (destination === undefined) return `"${key}" is missing`;
  if (source.size !== destination.size)
    return `"${key}" has ${destination.size} bytes instead of ${source.size}`;
  if (compareEtags(source.etag, destination.etag) !== 'different') return null;
  return (await areDigests(deps, job, { key, gate })) ? `"${key}" has other content` : null;
}

/** In a bucket that encrypts with KMS the listed ETags look like digests but differ for the same content. */
async function areDigests(
  { store }: CopyDeps,
  { bucket, sourcePrefix, destinationPrefix }: PrefixPair,
  { key, gate }: { readonly key: string; readonly gate: Gate },
): Promise<boolean> {
  for (const prefix of [sourcePrefix, destinationPrefix]) {
    const found = await store.head({ bucket, key: prefix + key, gate });
    if (found?.isEtagDigest === false) return false;
  }
  return true;
}

function failure(prefix: string, differences: readonly string[]): KeeperError {
  const named = differences.slice(0, mostNamed).join(', ');
  const more = differences.length > mostNamed ? ' and more' : '';
  return new KeeperError('verification_failed', `"${prefix}" is not what it should be: ${named}${more}`);
}

function gateOf({ signal }: VerifyControl): Gate {
  return () => {
    signal.throwIfAborted();
  };
}
