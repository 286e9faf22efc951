/**
 * A key as S3 wants it in a path, a query or `x-amz-copy-source`: percent-encoded by RFC 3986, of which
 * `encodeURIComponent` leaves out five characters.
 *
 * @throws {URIError} for text that is no Unicode: half a surrogate pair.
 */
export function percentEncode(text: string): string {
  if (!/[^A-Za-z0-9\-._~]/.test(text)) return text;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same, but slashes stay, also doubled or at the end: they are part of the key. */
export function percentEncodeKey(key: string): string {
  if (!/[^A-Za-z0-9\-._~/]/.test(key)) return key;
  return percentEncode(key).replaceAll('%2F', '/');
}
