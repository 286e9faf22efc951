import { LtdError } from './errors.js';

/** AWS: the longest key, in bytes of UTF-8. */
const maxKey = 1_024;

/** S3 replaces this in the `key` field of a POST by the name of the uploaded file. */
export const filenameVariable = '${filename}';

/** One directory of a build, as a client of presigned uploads names it. */
export interface UploadDirectory {
  /** The normalised name: how the response calls it and how clients look it up. */
  readonly name: string;
  /** What the keys of its files begin with; ends in `/`. */
  readonly prefix: string;
  /** The key of the object that redirects to it: its prefix without the slash. */
  readonly redirectKey: string;
}

/**
 * The directories of an upload under `rootDirectory` (a build's `bucket_root_dir`, no trailing slash), each once, in
 * the order asked for. A name is trimmed and ends in `/`; `/` is the root.
 *
 * @throws {LtdError} `invalid` for a name that S3 could not keep to.
 */
export function uploadDirectories(
  rootDirectory: string,
  requested: readonly string[],
): readonly UploadDirectory[] {
  const names = new Set(requested.map(normaliseDirectory));
  return [...names].map((name) => directoryOf(rootDirectory, name));
}

/** A directory's name as clients are given it: no white space around it, one slash at least at its end. */
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
