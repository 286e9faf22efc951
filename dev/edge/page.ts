/** An object as readers get it and the edge caches it. */
export interface Page {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly size: number;
  readonly surrogateKeys: readonly string[];
  /** Seconds that the edge may cache it. */
  readonly lifetime: number;
  /** The redirect that the object stands for: to its own folder, or to a location. */
  readonly redirect: 'folder' | { readonly location: string } | undefined;
}

/** An object's properties, with the names of the SDK's GetObject and HeadObject. */
export interface ObjectDescription {
  readonly ContentType?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ExpiresString?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly ContentLength?: number | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

/** Converts an object to a page. Readers do not get the edge's own metadata (`x-amz-meta-surrogate-…`). */
export function pageOf(object: ObjectDescription): Page {
  const metadata = object.Metadata ?? {};
  return {
    headers: headersOf(object),
    size: object.ContentLength ?? 0,
    surrogateKeys: (metadata['surrogate-key'] ?? '').split(/\s+/).filter((key) => key !== ''),
    lifetime: lifetimeOf(metadata['surrogate-control'], object.CacheControl),
    redirect: redirectOf(metadata['dir-redirect'], object.WebsiteRedirectLocation),
  };
}

function headersOf(object: ObjectDescription): Record<string, string> {
  const headers: Record<string, string | undefined> = {
    'content-type': object.ContentType,
    'content-encoding': object.ContentEncoding,
    'content-language': object.ContentLanguage,
    'content-disposition': object.ContentDisposition,
    'cache-control': object.CacheControl,
    expires: object.ExpiresString,
    etag: object.ETag,
    'last-modified': object.LastModified?.toUTCString(),
  };
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** `Surrogate-Control` is for the edge and wins; otherwise the rules of shared caches apply (RFC 9111, 5.2.2). */
function lifetimeOf(surrogateControl: string | undefined, cacheControl = ''): number {
  if (surrogateControl !== undefined) return maxAge(surrogateControl, 'max-age') ?? 0;
  if (/\b(?:no-cache|no-store|private)\b/i.test(cacheControl)) return 0;
  return maxAge(cacheControl, 's-maxage') ?? maxAge(cacheControl, 'max-age') ?? 0;
}

function maxAge(header: string, directive: 'max-age' | 's-maxage'): number | undefined {
  const seconds = new RegExp(`(?:^|[\\s,])${directive}\\s*=\\s*"?(\\d+)`, 'i').exec(header)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

function redirectOf(folder: string | undefined, location: string | undefined): Page['redirect'] {
  if (folder?.toLowerCase() === 'true') return 'folder';
  return location === undefined ? undefined : { location };
}
