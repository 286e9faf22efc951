import { directoryRedirectHeaders } from '../domain/edition-headers.js';
import type { ObjectAcl } from '../domain/object-acl.js';
import type { Gate, ListedObject, ObjectStore } from '../integrations/object-store/object-store.js';
import type { CopyDeps } from './copy-job.js';
import type { Run } from './copy-run.js';

/** The prefix that a redirect belongs to; ends in `/`. */
export interface RedirectTarget {
  readonly bucket: string;
  readonly prefix: string;
}

type Stores = Pick<CopyDeps, 'store'>;

/** The gates that requests about a redirect pass. */
type Gates = Pick<Run, 'readGate' | 'writeGate'>;

/** Whether the empty object at a prefix without its slash is there; its headers are not looked at. */
export async function hasDirectoryRedirect(
  { store }: Stores,
  target: RedirectTarget,
  { readGate }: Pick<Gates, 'readGate'>,
): Promise<boolean> {
  return (await findRedirect(store, target, readGate))?.size === 0;
}

/** Writes the empty object at a prefix without its slash. */
export async function writeDirectoryRedirect(
  { store }: Stores,
  target: RedirectTarget & { readonly acl: ObjectAcl | null },
  { writeGate }: Pick<Gates, 'writeGate'>,
): Promise<void> {
  const { bucket, acl } = target;
  const key = redirectKey(target);
  await store.putEmpty({ bucket, key, headers: directoryRedirectHeaders, acl, gate: writeGate });
}

/** Removes the object at a prefix without its slash. Gives how many objects that were: 0 or 1. */
export async function removeDirectoryRedirect(
  { store }: Stores,
  target: RedirectTarget,
  { readGate, writeGate }: Gates,
): Promise<number> {
  const { bucket } = target;
  if ((await findRedirect(store, target, readGate)) === null) return 0;
  await store.deleteMany({ bucket, keys: [redirectKey(target)], gate: writeGate });
  return 1;
}

/**
 * By a listing, of which it is the first key: a HEAD costs as much, and a bucket may answer 403 to one of what is not
 * there.
 */
async function findRedirect(store: ObjectStore, target: RedirectTarget, gate: Gate): Promise<ListedObject | null> {
  const key = redirectKey(target);
  const { objects } = await store.listPage({ bucket: target.bucket, prefix: key, limit: 1, gate });
  const [first] = objects;
  return first?.key === key ? first : null;
}

function redirectKey({ prefix }: RedirectTarget): string {
  return prefix.slice(0, -1);
}
