/** An object as a reader gets it: what the edge keeps. */
export interface Page {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly size: number;
  readonly surrogateKeys: readonly string[];
  /** Seconds that the edge may keep it. */
  readonly lifetime: number;
  /** Where the object sends the reader instead of showing itself: to the folder of its name, or to a location. */
  readonly redirect: 'folder' | { readonly location: string } | undefined;
}

/** What an object store says of an object; the names of the SDK's GetObject and HeadObject. */
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

/** The page that an object makes. What steers the edge (`x-amz-meta-surrogate-…`) is not shown to the reader. */
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

/** `Surrogate-Control` is meant for us and wins; else what any shared cache may do (RFC 9111, 5.2.2). */
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
