import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { mapEach } from '../../../src/process/limits.js';
import type { FinalObject } from '../final-state.js';

/** Reads at a time. */
const concurrency = 16;

/** Every object below these prefixes, read whole. */
export async function collectObjects(
  store: S3Client,
  bucket: string,
  prefixes: readonly string[],
): Promise<readonly FinalObject[]> {
  const keys: string[] = [];
  for (const prefix of prefixes) keys.push(...(await keysBelow(store, bucket, prefix)));
  const objects: FinalObject[] = [];
  await mapEach(keys, concurrency, async (key) => {
    const got = await store.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    objects.push(await finalObject(key, got));
  });
  return objects.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

/** Keys of the multipart uploads that are open. */
export async function collectUploads(store: S3Client, bucket: string): Promise<readonly string[]> {
  const { Uploads = [] } = await store.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.map(({ Key = '' }) => Key);
}

async function keysBelow(store: S3Client, bucket: string, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await store.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

async function finalObject(key: string, got: GetObjectCommandOutput): Promise<FinalObject> {
  const content = (await got.Body?.transformToByteArray()) ?? new Uint8Array();
  const system = {
    'content-type': got.ContentType,
    'content-encoding': got.ContentEncoding,
    'content-language': got.ContentLanguage,
    'content-disposition': got.ContentDisposition,
    'cache-control': got.CacheControl,
    'x-amz-website-redirect-location': got.WebsiteRedirectLocation,
  };
  const present = Object.entries(system).filter(([, value]) => value !== undefined);
  return {
    key,
    md5: createHash('md5').update(content).digest('hex'),
    bytes: content.length,
    headers: { system: Object.fromEntries(present), metadata: got.Metadata ?? {} },
  };
}
