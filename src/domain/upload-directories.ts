import { LtdError } from './errors.js';

/** The longest key of S3, in bytes of UTF-8. */
const maxKey = 1_024;

/** S3 replaces this in the `key` field of a POST with the name of the uploaded file. */
export const filenameVariable = '${filename}';

/** One directory of a build for presigned uploads. */
export interface UploadDirectory {
  /** The normalised name, by which clients find the directory in the response. */
  readonly name: string;
  /** The prefix of its files' keys; ends in `/`. */
  readonly prefix: string;
  /** The key of the object that redirects to it: its prefix without the slash. */
  readonly redirectKey: string;
}

/**
 * Returns the directories of an upload under `rootDirectory` (a build's `bucket_root_dir`), in the requested order and
 * without duplicates. A name is trimmed and ends in `/`; `/` is the root.
 *
 * @throws {LtdError} `invalid` for a name that cannot be a part of a key.
 */
export function uploadDirectories(rootDirectory: string, requested: readonly string[]): readonly UploadDirectory[] {
  const names = new Set(requested.map(normaliseDirectory));
  return [...names].map((name) => directoryOf(rootDirectory, name));
}

/** Returns a directory's name as the response shows it: trimmed, with a slash at the end. */
export function normaliseDirectory(name: string): string {
  const trimmed = name.trim();
  return trimmed.endsWith('/') ? trimmed : `${trimmed}/`;
}

function directoryOf(rootDirectory: string, name: string): UploadDirectory {
  const prefix = `${rootDirectory}/${name.replace(/^\/+/, '')}`;
  if (name.includes(filenameVariable)) {
    throw new LtdError('invalid', `Invalid directories: "${name}" must not contain ${filenameVariable}`);
  }
  if (/\p{Cc}/u.test(name) || name.split('/').some((part) => part === '.' || part === '..'))
    throw new LtdError(
      'invalid',
      `Invalid directories: ${JSON.stringify(name)} must not hold control characters, nor "." or ".." as a part`,
    );
  if (Buffer.byteLength(prefix) >= maxKey) {
    throw new LtdError(
      'invalid',
      `Invalid directories: "${name.slice(0, 60)}..." is too long, a key has at most ${maxKey} bytes`,
    );
  }
  return { name, prefix, redirectKey: prefix.slice(0, -1) };
}
