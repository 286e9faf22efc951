/** The media type by which clients ask for presigned uploads; LTD Keeper's, since 1.15. */
export const presignedUploads = 'application/vnd.ltdkeeper.v2+json';

/**
 * Whether an `Accept` header lists a media type anywhere. As in LTD Keeper neither its weight nor other types matter.
 */
export function listsMediaType(accept: string | undefined, mediaType: string): boolean {
  return (accept ?? '').split(',').some((range) => range.split(';', 1)[0]?.trim().toLowerCase() === mediaType);
}
