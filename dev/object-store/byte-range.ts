import { S3Error } from './s3-error.js';

/** Bytes from `start` up to, without, `end`. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * Parses a `Range` header against a body of `size` bytes. Returns `undefined` for the whole body: no header, several
 * ranges, or a unit or form that S3 ignores. Throws `InvalidRange` when no byte of the range exists.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return undefined;
  if (first === '') return checked({ start: Math.max(0, size - Number(last)), end: size }, size);
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return checked({ start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }, size);
}

/** Parses `x-amz-copy-source-range`, which must lie inside the source. Throws `InvalidArgument` or `InvalidRange`. */
export function parseCopyRange(header: string, size: number): ByteRange {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [start, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || last < start) {
    throw new S3Error('InvalidArgument', 'The x-amz-copy-source-range value must be of the form bytes=first-last.');
  }
  if (last < size) return { start, end: last + 1 };
  throw new S3Error('InvalidArgument', `Range specified is not valid for source object of size: ${size}`);
}

function checked(range: ByteRange, size: number): ByteRange {
  if (range.start < range.end) return range;
  throw new S3Error('InvalidRange', undefined, { ActualObjectSize: String(size) });
}
