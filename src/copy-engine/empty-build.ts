import { LtdError } from '../domain/errors.js';

/** The error of a build that has no objects. */
export function emptyBuild({
  bucket,
  prefix,
}: {
  readonly bucket: string;
  readonly prefix: string;
}): LtdError {
  return new LtdError(
    'build_empty',
    `The build has no objects: nothing was uploaded under "${prefix}" in bucket "${bucket}"`,
  );
}
