import type { S3Client } from '@aws-sdk/client-s3';
import { hasCode } from '../../domain/errors.js';
import type { KeyPrefix } from '../../domain/object-keys.js';
import { createS3ObjectStore } from './s3-object-store.js';

/** A client waits for the answer, so the store is asked twice at most, for 2 s each. */
const attempts = { maxAttempts: 2, timeout: 2_000 };

/** Where the objects of builds are. */
export interface BuildFolders {
  /**
   * Whether objects lie below a prefix. A bucket that does not exist has none.
   *
   * @throws {KeeperError} `store_*`.
   */
  isOccupied(folder: { readonly bucket: string; readonly prefix: KeyPrefix }): Promise<boolean>;
}

/** The folders of builds as a listing of the store shows them. */
export function createBuildFolders(client: S3Client): BuildFolders {
  const store = createS3ObjectStore({ client, attempts });
  return {
    isOccupied: async (folder) => {
      try {
        return (await store.listPage({ ...folder, limit: 1 })).objects.length > 0;
      } catch (error) {
        if (hasCode(error, 'bucket_missing')) return false;
        throw error;
      }
    },
  };
}
