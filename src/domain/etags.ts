/** How the contents of two objects compare by their ETags alone. */
export type EtagComparison = 'same' | 'different' | 'unknown';

/**
 * Compares two ETags (without quotes). The ETag is the content's MD5 only for objects written in one part; one that
 * ends in `-N` also depends on the parts, so a copy of the same content can have another.
 * Equal ETags always mean the same content.
 */
export function compareEtags(a: string, b: string): EtagComparison {
  if (a === b) return 'same';
  return isMultipart(a) || isMultipart(b) ? 'unknown' : 'different';
}

function isMultipart(etag: string): boolean {
  return etag.includes('-');
}
