import type { S3Client } from '@aws-sdk/client-s3';
import { type PlacedFile, placeSite } from '../place-site.js';
import { debianSite, postgresqlManual } from './debian-site.js';
import { generateSite } from './generated-site.js';

/** One version of a site, in the store. */
export interface PlacedVersion {
  /** Ends in `/`. */
  readonly prefix: string;
  readonly objects: number;
}

/** A site in the store. */
export interface Site {
  readonly title: string;
  readonly first: PlacedVersion;
  /** Its next release; null if it has none. */
  readonly next: PlacedVersion | null;
}

/** Uploads and copies sites in the store. */
export interface SitePlace {
  readonly client: S3Client;
  readonly bucket: string;
  /** Copies all objects of one prefix to another. */
  readonly copyAll: (source: string, destination: string) => Promise<void>;
}

/** Objects of the generated site, which the larger sites repeat. */
const smallSize = 2_000;

/** Creates 2,000 objects of 10 KB, and a release that changes a tenth. */
export async function placeSmall(place: SitePlace): Promise<Site> {
  return {
    title: '2,000 objects of 10 KB',
    first: await placeFiles(place, 'sites/small/1/', generateSite(smallSize, 1)),
    next: await placeFiles(place, 'sites/small/2/', generateSite(smallSize, 2)),
  };
}

/** Creates a real site and its next release. @throws {SiteUnavailable} when it is unavailable. */
export async function placeReal(place: SitePlace): Promise<Site> {
  const [first, second] = [await debianSite(postgresqlManual[0]), await debianSite(postgresqlManual[1])];
  const [{ name, version: one }, { version: other }] = postgresqlManual;
  return {
    title: `Debian's ${name}, ${one} and ${other}`,
    first: await placeFiles(place, 'sites/real/1/', first),
    next: await placeFiles(place, 'sites/real/2/', second),
  };
}

/** Creates a larger site from copies of another one's first version. */
export async function placeMultiple(
  place: SitePlace,
  { name, part, times }: { readonly name: string; readonly part: Site; readonly times: number },
): Promise<Site> {
  const prefix = `sites/${name}/1/`;
  for (let at = 0; at < times; at += 1)
    await place.copyAll(
      part.first.prefix,
      // With the site's name, because a part may have parts itself.
      at === 0 ? prefix : `${prefix}${name}-${String(at).padStart(2, '0')}/`,
    );
  const objects = part.first.objects * times;
  return {
    title: `${objects.toLocaleString('en')} objects of 10 KB`,
    first: { prefix, objects },
    next: null,
  };
}

/**
 * Uploads the files and copies them to their place. All versions take the same way, because some tools copy objects
 * with other headers than an upload has.
 */
async function placeFiles(
  { client, bucket, copyAll }: SitePlace,
  prefix: string,
  files: readonly PlacedFile[],
): Promise<PlacedVersion> {
  const uploaded = `uploads/${prefix}`;
  await placeSite(client, { bucket_name: bucket, bucket_root_dir: uploaded.slice(0, -1) }, files);
  await copyAll(uploaded, prefix);
  return { prefix, objects: files.length };
}
