import { S3Error } from './s3-error.js';

const unreserved = /^[A-Za-z0-9\-._~]*$/;
const unreservedPath = /^[A-Za-z0-9\-._~/]*$/;

const escapeCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Percent-encodes every byte but the unreserved ones, as Signature Version 4 requires. */
export function uriEncode(text: string): string {
  return unreserved.test(text) ? text : encodeURIComponent(text).replace(/[!'()*]/g, escapeCharacter);
}

/** Applies {@link uriEncode} to each segment; keeps the slashes. */
export function uriEncodePath(path: string): string {
  return unreservedPath.test(path) ? path : path.split('/').map(uriEncode).join('/');
}

/**
 * Decodes a component of a request line or of `x-amz-copy-source`. As in S3, an unescaped `+` is a space, so clients
 * must send `%2B`. Throws `InvalidURI` for bytes that are not UTF-8.
 */
export function percentDecode(raw: string): string {
  if (unreservedPath.test(raw)) return raw;
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch (cause) {
    throw Object.assign(new S3Error('InvalidURI'), { cause });
  }
}

/** Encodes a key for a listing with `encoding-type=url`: a space becomes `+`, a slash stays. */
export function listingEncode(text: string): string {
  if (/^[A-Za-z0-9\-._/]*$/.test(text)) return text;
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, escapeCharacter)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
