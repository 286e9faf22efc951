import type { S3Client } from '@aws-sdk/client-s3';
import { hasCode } from '../../domain/errors.js';
import { NoAnswer, withinTime } from '../../process/limits.js';
import type { KeyPrefix } from '../../domain/object-keys.js';
import { createS3ObjectStore } from './s3-object-store.js';

/** A client waits for the answer, so the store is asked twice at most, for 2 s each. */
const attempts = { maxAttempts: 2, timeout: 2_000 };

/** Milliseconds: while registrations that came at once are worked on. */
const answerLife = 1_000;

/** Where the objects of a build are. */
interface Folder {
  readonly bucket: string;
  readonly prefix: KeyPrefix;
}

/** Where the objects of builds are. */
export interface BuildFolders {
  /**
   * Whether objects lie below a prefix. A bucket that does not exist has none.
   *
   * @throws {LtdError} `store_*`.
   */
  isOccupied(folder: Folder): Promise<boolean>;
  /**
   * Whether the store answers that there is no such bucket; false where it gives no answer within two seconds.
   *
   * @throws {LtdError} `store_*`.
   */
  isMissing(folder: Folder): Promise<boolean>;
}

/**
 * The folders of builds as a listing of the store shows them. Builds that are registered at once want to know the same
 * of the same few folders: each is asked about once, and the answer is good for a second.
 */
export function createBuildFolders(client: S3Client): BuildFolders {
  const store = createS3ObjectStore({ client, attempts });
  const answers = new Map<string, Promise<boolean>>();
  const ask = async (folder: Folder): Promise<boolean> => {
    try {
      return (await store.listPage({ ...folder, limit: 1 })).objects.length > 0;
    } catch (error) {
      if (hasCode(error, 'bucket_missing')) return false;
      throw error;
    }
  };
  return {
    isOccupied: (folder) => {
      const key = `${folder.bucket}/${folder.prefix}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = ask(folder);
      answers.set(key, answer);
      answer.then(
        () => setTimeout(() => answers.delete(key), answerLife).unref(),
        () => answers.delete(key),
      );
      return answer;
    },
    isMissing: (folder) =>
      withinTime(attempts.timeout, () => store.listPage({ ...folder, limit: 1 })).then(
        () => false,
        (error: unknown) => {
          if (error instanceof NoAnswer) return false;
          if (hasCode(error, 'bucket_missing')) return true;
          throw error;
        },
      ),
  };
}
