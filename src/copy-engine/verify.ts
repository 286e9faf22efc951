import { editionHeaders } from '../domain/edition-headers.js';
import { LtdError } from '../domain/errors.js';
import { sameHeaders } from '../domain/object-headers.js';
import type { Gate } from '../integrations/object-store/object-store.js';
import { assertPrefix, assertPrefixes, type CopyDeps } from './copy-job.js';
import { listObjects } from './list.js';
import { Pool } from './pool.js';
import { type SurveyJob, surveyDestination } from './survey.js';

/** How many differences an error names. */
const maxNamed = 5;

/** HEADs at a time: nobody waits for a deep verification. */
const headsAtOnce = 16;

/** How a verification is stopped. */
export interface VerifyControl {
  readonly signal: AbortSignal;
}

/**
 * Looks whether the edition's prefix holds the build's objects and nothing else, by its manifest and one listing: every
 * key is there with its size and, where ETags can be compared, its ETag. Headers are not looked at.
 *
 * @throws {LtdError} `verification_failed`, naming the first differences.
 */
export async function verifyCopy(deps: CopyDeps, job: SurveyJob, control: VerifyControl): Promise<void> {
  assertPrefixes(job);
  const { differences, extra } = await surveyDestination(deps, job, gateOf(control));
  const all = [...differences, ...extra.slice(0, maxNamed + 1).map((key) => `"${key}" should not be there`)];
  if (all.length > 0) throw verificationFailure(job.destinationPrefix, all);
}

/** What {@link verifyHeaders} looks at. */
export interface HeaderCheck extends SurveyJob {
  /** The edition's. */
  readonly surrogateKey: string;
  /** The share of the objects that is looked at, drawn at random: from 0 to 1, which is all. */
  readonly share: number;
}

/**
 * Looks whether the objects at the edition's prefix are served with the headers that they should have, by a HEAD of
 * each.
 *
 * @throws {LtdError} `verification_failed`, naming the first differences.
 */
export async function verifyHeaders(
  { store }: Pick<CopyDeps, 'store'>,
  job: HeaderCheck,
  control: VerifyControl,
): Promise<void> {
  const { bucket, destinationPrefix, manifest, share } = job;
  const pool = new Pool({ concurrency: headsAtOnce, signal: control.signal });
  const gate = (): void => {
    pool.assertOpen();
  };
  const differences: string[] = [];
  try {
    for await (const entries of manifest.read(null))
      for (const { key, headers } of entries) {
        if (share < 1 && Math.random() >= share) continue;
        await pool.start(async () => {
          const found = await store.head({ bucket, key: destinationPrefix + key, gate });
          if (found === null) differences.push(`"${key}" is missing`);
          else if (!sameHeaders(found.headers, editionHeaders(headers, job)))
            differences.push(`"${key}" has other headers`);
        });
        if (differences.length > maxNamed) break;
      }
  } finally {
    await pool.drain();
  }
  pool.assertOpen();
  // Each begins with its key; the answers came in any order.
  if (differences.length > 0) throw verificationFailure(destinationPrefix, differences.sort());
}

/** Looks whether nothing is left under a prefix. @throws {LtdError} `verification_failed`, naming what is. */
export async function verifyEmpty(
  deps: Pick<CopyDeps, 'store'>,
  target: { readonly bucket: string; readonly prefix: string },
  control: VerifyControl,
): Promise<void> {
  const { bucket, prefix } = target;
  assertPrefix(prefix);
  for await (const page of listObjects(deps.store, { bucket, prefix, gate: gateOf(control) })) {
    if (page.length === 0) continue;
    throw verificationFailure(
      prefix,
      page.map(({ key }) => `"${key}" should not be there`),
    );
  }
}

/** The error of a prefix that is not what it should be; names the first differences. */
export function verificationFailure(prefix: string, differences: readonly string[]): LtdError {
  const named = differences.slice(0, maxNamed).join(', ');
  const more = differences.length > maxNamed ? ' and more' : '';
  return new LtdError('verification_failed', `"${prefix}" is not what it should be: ${named}${more}`);
}

function gateOf({ signal }: VerifyControl): Gate {
  return () => {
    signal.throwIfAborted();
  };
}
