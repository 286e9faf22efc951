/**
 * The value of `x-amz-copy-source`: bucket and key, percent-encoded segment by segment, which the SDK leaves to its
 * caller. Slashes stay, also doubled or at the end: they are part of the key.
 */
export function copySource(bucket: string, key: string): string {
  return [bucket, ...key.split('/')].map(encodeSegment).join('/');
}

/** RFC 3986, of which `encodeURIComponent` leaves out five characters. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
