/**
 * The headers that S3 stores with an object, apart from `x-amz-meta-*`. A copy that replaces the metadata must send
 * them again (AWS: "When you copy with REPLACE, all metadata that you do not specify is lost").
 */
export const storedHeaderNames = [
  'content-type',
  'content-encoding',
  'content-language',
  'content-disposition',
  'cache-control',
  'expires',
  'x-amz-website-redirect-location',
] as const;

/** One of {@link storedHeaderNames}. */
export type StoredHeaderName = (typeof storedHeaderNames)[number];

/** The stored headers of an object, byte for byte. */
export interface ObjectHeaders {
  /** Only the headers that the object has. */
  readonly system: Readonly<Partial<Record<StoredHeaderName, string>>>;
  /** User metadata by lower-case name without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whether two objects have the same headers and metadata. */
export function sameHeaders(a: ObjectHeaders, b: ObjectHeaders): boolean {
  return sameRecord(a.system, b.system) && sameRecord(a.metadata, b.metadata);
}

function sameRecord(
  a: Readonly<Partial<Record<string, string>>>,
  b: Readonly<Partial<Record<string, string>>>,
): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
