import { percentEncode, percentEncodeKey } from './percent-encoding.js';

/** The value of `x-amz-copy-source`: bucket and key, percent-encoded, which the SDK leaves to its caller. */
export function copySource(bucket: string, key: string): string {
  return `${percentEncode(bucket)}/${percentEncodeKey(key)}`;
}
