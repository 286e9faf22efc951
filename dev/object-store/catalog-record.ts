import type { BucketSettings } from './catalog.js';
import type { StoredObject, StoredPart, StoredUpload } from './stored-object.js';

/** One line of the journal: a change to one bucket. */
export type CatalogRecord = { readonly bucket: string } & (
  | { readonly type: 'bucket'; readonly settings: BucketSettings }
  | { readonly type: 'bucket-deleted' }
  | { readonly type: 'object'; readonly object: StoredObject }
  | { readonly type: 'object-deleted'; readonly key: string }
  | { readonly type: 'upload'; readonly upload: StoredUpload }
  | { readonly type: 'part'; readonly upload: string; readonly part: StoredPart }
  | { readonly type: 'upload-ended'; readonly upload: string }
);
