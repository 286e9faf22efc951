import { directoryRedirectHeaders, isDirectoryRedirect } from '../domain/edition-headers.js';
import type { ObjectAcl } from '../domain/object-acl.js';
import type { CopyDeps } from './copy-job.js';
import type { Run } from './copy-run.js';

/** The prefix that a redirect belongs to; ends in `/`. */
export interface RedirectTarget {
  readonly bucket: string;
  readonly prefix: string;
}

/** The gates that requests about a redirect pass. */
type Gates = Pick<Run, 'readGate' | 'writeGate'>;

/** Writes the empty object at a prefix without its slash, unless it is there and right. */
export async function writeDirectoryRedirect(
  { store }: CopyDeps,
  target: RedirectTarget & { readonly acl: ObjectAcl | null },
  { readGate, writeGate }: Gates,
): Promise<void> {
  const { bucket, acl } = target;
  const key = redirectKey(target);
  const found = await store.head({ bucket, key, gate: readGate });
  if (found !== null && isDirectoryRedirect(found)) return;
  await store.putEmpty({ bucket, key, headers: directoryRedirectHeaders, acl, gate: writeGate });
}

/** Removes the object at a prefix without its slash. Gives how many objects that were: 0 or 1. */
export async function removeDirectoryRedirect(
  { store }: CopyDeps,
  target: RedirectTarget,
  { readGate, writeGate }: Gates,
): Promise<number> {
  const { bucket } = target;
  const key = redirectKey(target);
  if ((await store.head({ bucket, key, gate: readGate })) === null) return 0;
  await store.deleteMany({ bucket, keys: [key], gate: writeGate });
  return 1;
}

function redirectKey({ prefix }: RedirectTarget): string {
  return prefix.slice(0, -1);
}
