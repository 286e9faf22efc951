import { S3Error } from './s3-error.js';

const UNRESERVED = /^[A-Za-z0-9\-._~]*$/;
const UNRESERVED_PATH = /^[A-Za-z0-9\-._~/]*$/;

const escapeCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Percent-encodes every byte but the unreserved ones, as Signature Version 4 asks. */
export function uriEncode(text: string): string {
  return UNRESERVED.test(text) ? text : encodeURIComponent(text).replace(/[!'()*]/g, escapeCharacter);
}

/** {@link uriEncode} of each segment; the slashes stay. */
export function uriEncodePath(path: string): string {
  return UNRESERVED_PATH.test(path) ? path : path.split('/').map(uriEncode).join('/');
}

/**
 * Decodes a component of a request line or of `x-amz-copy-source`. As in S3, an unescaped `+` is a space there,
 * which is why clients must send `%2B`. Throws `InvalidURI` for anything that is not UTF-8.
 */
export function percentDecode(raw: string): string {
  if (UNRESERVED_PATH.test(raw)) return raw;
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch (cause) {
    throw Object.assign(new S3Error('InvalidURI'), { cause });
  }
}

/** How listings with `encoding-type=url` write keys: a space is `+`, a slash stays (the encoding S3 uses). */
export function listingEncode(text: string): string {
  if (/^[A-Za-z0-9\-._/]*$/.test(text)) return text;
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, escapeCharacter)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
