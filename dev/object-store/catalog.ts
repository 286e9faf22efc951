import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal, startJournal } from './journal.js';
import { KeyIndex } from './key-index.js';
import type { StoredObject, StoredPart, StoredUpload } from './stored-object.js';

export type BucketSettings = {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Object ownership `BucketOwnerEnforced`: requests that set an ACL are refused. */
  readonly aclsDisabled: boolean;
  /** The bucket policy, JSON as it was put. */
  readonly policy?: string;
};

export type Upload = StoredUpload & { readonly parts: Map<number, StoredPart> };

export type Bucket = {
  settings: BucketSettings;
  readonly objects: KeyIndex<StoredObject>;
  readonly uploads: Map<string, Upload>;
};

/** One line of the journal: a change to one bucket. */
type CatalogRecord = { readonly bucket: string } & (
  | { readonly type: 'bucket'; readonly settings: BucketSettings }
  | { readonly type: 'bucket-deleted' }
  | { readonly type: 'object'; readonly object: StoredObject }
  | { readonly type: 'object-deleted'; readonly key: string }
  | { readonly type: 'upload'; readonly upload: StoredUpload }
  | { readonly type: 'part'; readonly upload: string; readonly part: StoredPart }
  | { readonly type: 'upload-ended'; readonly upload: string }
);

/** The buckets in memory, backed by the journal. */
export type Catalog = {
  readonly bucket: (name: string) => Bucket | undefined;
  readonly buckets: () => readonly Bucket[];
  /** Records the changes, then shows them all at once: no other request runs in between. */
  readonly commit: (...records: readonly CatalogRecord[]) => void;
  readonly referencedBlobs: () => Set<string>;
  readonly close: () => void;
};

/** Opens the catalog of `folder`: replays its journal and compacts it. */
export function openCatalog(folder: string): Catalog {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'journal.jsonl');
  const buckets = new Map<string, Bucket>();
  // Only this program writes the journal, so its lines are records.
  for (const record of readJournal(path)) apply(buckets, record as CatalogRecord);
  const journal = startJournal<CatalogRecord>(path, snapshot(buckets));
  return {
    bucket: (name) => buckets.get(name),
    buckets: () => [...buckets.values()],
    commit: (...records) => {
      journal.append(records);
      for (const record of records) apply(buckets, record);
    },
    referencedBlobs: () => referencedBlobs(buckets.values()),
    close: journal.close,
  };
}

function apply(buckets: Map<string, Bucket>, record: CatalogRecord): void {
  const bucket = buckets.get(record.bucket);
  if (record.type === 'bucket') {
    if (bucket !== undefined) bucket.settings = record.settings;
    else buckets.set(record.bucket, newBucket(record.settings));
    return;
  }
  if (bucket === undefined) throw new Error(`The journal changes bucket ${record.bucket}, which does not exist.`);
  switch (record.type) {
    case 'bucket-deleted':
      buckets.delete(record.bucket);
      return;
    case 'object':
      bucket.objects.set(record.object.key, record.object);
      return;
    case 'object-deleted':
      bucket.objects.delete(record.key);
      return;
    case 'upload':
      bucket.uploads.set(record.upload.id, { ...record.upload, parts: new Map() });
      return;
    case 'part':
      bucket.uploads.get(record.upload)?.parts.set(record.part.number, record.part);
      return;
    case 'upload-ended':
      bucket.uploads.delete(record.upload);
      return;
    default:
      throw new Error(`The journal holds an unknown record: ${JSON.stringify(record satisfies never)}`);
  }
}

function newBucket(settings: BucketSettings): Bucket {
  return { settings, objects: new KeyIndex(), uploads: new Map() };
}

function* snapshot(buckets: Map<string, Bucket>): Generator<CatalogRecord> {
  for (const { settings, objects, uploads } of buckets.values()) {
    const bucket = settings.name;
    yield { type: 'bucket', bucket, settings };
    for (const object of objects.values()) yield { type: 'object', bucket, object };
    for (const { parts, ...upload } of uploads.values()) {
      yield { type: 'upload', bucket, upload };
      for (const part of parts.values()) yield { type: 'part', bucket, upload: upload.id, part };
    }
  }
}

function referencedBlobs(buckets: Iterable<Bucket>): Set<string> {
  const blobs = new Set<string>();
  for (const { objects, uploads } of buckets) {
    for (const object of objects.values()) for (const slice of object.slices) blobs.add(slice.blob);
    for (const { parts } of uploads.values()) {
      for (const part of parts.values()) for (const slice of part.slices) blobs.add(slice.blob);
    }
  }
  return blobs;
}
