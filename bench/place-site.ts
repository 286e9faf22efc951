import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { mapEach } from '../src/process/limits.js';
import type { RegisteredBuild } from '../dev/client/answers.js';
import type { SiteFile } from '../dev/client/site-file.js';

/** A file to be put into the store: as one that is uploaded, but of any bytes. */
export type PlacedFile = Omit<SiteFile, 'content'> & { readonly content: string | Uint8Array };

/** Requests in flight. */
const concurrency = 48;

/** Puts a build's files straight into the store, which is quicker than the forms that a CI job posts. Not measured. */
export async function placeSite(
  store: S3Client,
  build: Pick<RegisteredBuild, 'bucket_name' | 'bucket_root_dir'>,
  files: readonly PlacedFile[],
): Promise<void> {
  await mapEach(files, concurrency, async ({ path, contentType, content }) => {
    await store.send(
      new PutObjectCommand({
        Bucket: build.bucket_name,
        Key: `${build.bucket_root_dir}/${path}`,
        Body: content,
        ContentType: contentType,
      }),
    );
  });
}
