/**
 * The headers, beside `x-amz-meta-*`, that S3 keeps with an object and that a copy which replaces the metadata has to
 * restate, in their HTTP spelling. (AWS: "When you copy with REPLACE, all metadata that you do not specify is lost.")
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

/** What an object says about itself, byte for byte as the store gives it. */
export interface ObjectHeaders {
  /** Headers that the object does not have are absent. */
  readonly system: Readonly<Partial<Record<StoredHeaderName, string>>>;
  /** User metadata by its lower-case name without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whether two objects would be served with the same headers. */
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
