import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/**
 * Counts objects of a prefix that differ from another prefix: missing, stale or extra, by their ETags. It uses another
 * client than the contestants.
 */
export async function countDifferences(
  client: S3Client,
  bucket: string,
  { source, destination }: { readonly source: string; readonly destination: string },
): Promise<number> {
  const [wanted, found] = await Promise.all([
    etagsUnder(client, bucket, source),
    etagsUnder(client, bucket, destination),
  ]);
  let differences = 0;
  for (const [key, etag] of wanted) if (found.get(key) !== etag) differences += 1;
  for (const key of found.keys()) if (!wanted.has(key)) differences += 1;
  return differences;
}

async function etagsUnder(client: S3Client, bucket: string, prefix: string): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key = '', ETag = '' } of page.Contents ?? []) etags.set(Key.slice(prefix.length), ETag);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return etags;
}
