import { KeeperError } from '../domain/errors.js';
import type { CopyDeps } from './copy-job.js';
import { type Listing, listObjects } from './list.js';

/**
 * Counts the objects under a prefix, telling `onCount` after each page.
 *
 * @throws {KeeperError} `build_empty` when there are none.
 */
export async function countBuild(
  deps: CopyDeps,
  listing: Listing,
  onCount: (objects: number) => void,
): Promise<number> {
  let objects = 0;
  for await (const page of listObjects(deps.store, listing)) {
    objects += page.length;
    onCount(objects);
  }
  if (objects === 0) throw emptyBuild(listing);
  return objects;
}

/** The error of a build that has no objects. */
export function emptyBuild({
  bucket,
  prefix,
}: {
  readonly bucket: string;
  readonly prefix: string;
}): KeeperError {
  return new KeeperError(
    'build_empty',
    `The build has no objects: nothing was uploaded under "${prefix}" in bucket "${bucket}"`,
  );
}
