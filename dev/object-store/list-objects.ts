import { afterAllBytes, fromByteString, type KeyIndex, toByteString } from './key-index.js';

/** The start of a page: after a key, or after all keys with a common prefix. */
export type ListPosition = { readonly kind: 'key' | 'prefix'; readonly name: string };

/** The parameters of a listing, as in S3. */
export type ListQuery = {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly after: ListPosition | undefined;
  readonly maxKeys: number;
};

/** One page, in UTF-8 byte order. `next` is set exactly when the page is truncated. */
export type ListPage<T> = {
  readonly objects: readonly T[];
  readonly commonPrefixes: readonly string[];
  readonly next: ListPosition | undefined;
};

/** Reads one page. Skips the keys of a common prefix, so the cost depends on the page's size only. */
export function listObjects<T>(index: KeyIndex<T>, query: ListQuery): ListPage<T> {
  const prefix = toByteString(query.prefix);
  const delimiter = toByteString(query.delimiter);
  const objects: T[] = [];
  const commonPrefixes: string[] = [];
  let last: ListPosition | undefined;
  let cursor = startOf(index, prefix, query.after);
  for (let step = cursor.next(); step.done !== true; step = cursor.next()) {
    const bytes = step.value;
    if (!bytes.startsWith(prefix)) break;
    if (objects.length + commonPrefixes.length >= query.maxKeys) return { objects, commonPrefixes, next: last };
    const end = delimiter === '' ? -1 : bytes.indexOf(delimiter, prefix.length);
    if (end === -1) {
      const key = fromByteString(bytes);
      const value = index.get(key);
      if (value !== undefined) objects.push(value);
      last = { kind: 'key', name: key };
    } else {
      const common = bytes.slice(0, end + delimiter.length);
      last = { kind: 'prefix', name: fromByteString(common) };
      commonPrefixes.push(last.name);
      cursor = index.from(common + afterAllBytes);
    }
  }
  return { objects, commonPrefixes, next: undefined };
}

function startOf<T>(index: KeyIndex<T>, prefix: string, after: ListPosition | undefined): Generator<string, void> {
  if (after === undefined) return index.from(prefix);
  const bytes = toByteString(after.name) + (after.kind === 'prefix' ? afterAllBytes : '');
  return bytes < prefix ? index.from(prefix) : index.from(bytes, true);
}

/**
 * Returns the start of a listing after `marker`. A marker that is a common prefix stands for all its keys: version 1
 * listings return it as `NextMarker`.
 */
export function positionOfMarker(marker: string, query: Pick<ListQuery, 'prefix' | 'delimiter'>): ListPosition {
  const end = query.delimiter === '' ? -1 : marker.indexOf(query.delimiter, query.prefix.length);
  const isCommonPrefix =
    end !== -1 && marker.startsWith(query.prefix) && end + query.delimiter.length === marker.length;
  return { kind: isCommonPrefix ? 'prefix' : 'key', name: marker };
}

/** Encodes a position as an opaque continuation token. */
export function toContinuationToken(position: ListPosition): string {
  return Buffer.from(`${position.kind}:${position.name}`, 'utf8').toString('base64url');
}

/** Decodes a token of {@link toContinuationToken}; `undefined` for other text. */
export function fromContinuationToken(token: string): ListPosition | undefined {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('key:')) return { kind: 'key', name: text.slice('key:'.length) };
  if (text.startsWith('prefix:')) return { kind: 'prefix', name: text.slice('prefix:'.length) };
  return undefined;
}
