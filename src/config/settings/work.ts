import { taskQueues } from '../../workflows/contract.js';
import { flag, integer, someOf, type ValuesOf } from '../setting.js';

const mebibyte = 1024 ** 2;
const queues = Object.values(taskQueues);

/** Settings of the work of a worker: its queues and slots, how it copies, what it deletes. */
export const workSettings = {
  LTD_WORKER_QUEUES: {
    parser: someOf(queues).default(queues),
    usedBy: ['worker'],
    meaning: 'The task queues that this worker serves, separated by commas. Each queue needs a worker.',
  },
  LTD_COPY_CONCURRENCY: {
    parser: integer(1, 4096).default(512),
    usedBy: ['worker'],
    meaning:
      "The objects of one copy that the worker handles at a time, 1 to 4096. It bounds the worker's " +
      'memory, not the load on the store.',
  },
  LTD_COPY_SLOTS: {
    parser: integer(1, 100).default(4),
    usedBy: ['worker'],
    meaning: 'The copies at a time in one worker, 1 to 100.',
  },
  LTD_MANIFEST_SLOTS: {
    parser: integer(0, 100).default(2),
    usedBy: ['worker'],
    meaning:
      'The builds whose manifests one worker records at a time, while clients upload them, 0 to 100. 0 ' +
      'leaves that to other workers.',
  },
  LTD_MULTIPART_COPY_THRESHOLD: {
    parser: integer(5 * mebibyte, 5 * 1024 * mebibyte).default(64 * mebibyte),
    usedBy: ['worker'],
    meaning:
      'The worker copies larger objects in parts of at most this many bytes, 5 MiB to 5 GiB. The store has 7 s for a ' +
      'part, so 64 MiB needs a store that copies 10 MiB a second. Lower it for a slower store.',
  },
  LTD_DELETE_DEPRECATED_AFTER_DAYS: {
    parser: integer(0, 36_500).optional(),
    usedBy: ['worker'],
    meaning:
      'Days after which the worker deletes the objects of deprecated editions and builds, 0 to 36500. A build keeps ' +
      'its objects for at least 25 hours after its registration ' +
      '([operations.md](operations.md#what-is-removed-and-when)). Without it they stay, as with LTD Keeper 1.x.',
  },
  LTD_ABANDONED_UPLOAD_HOURS: {
    parser: integer(1, 8_760).default(24),
    usedBy: ['worker'],
    meaning:
      'Hours without a new object after which the worker marks an upload as abandoned, 1 to 8760. It ' +
      'never marks a build that a client has announced as uploaded.',
  },
  LTD_DELETE_ABANDONED_UPLOADS: {
    parser: flag.default(false),
    usedBy: ['worker'],
    meaning: 'Whether the worker deletes the objects of abandoned uploads.',
  },
} as const;

/** What a worker does, and how much of it at a time. */
export function workConfig(set: ValuesOf<typeof workSettings>) {
  return {
    workerQueues: set.LTD_WORKER_QUEUES,
    copy: {
      /** Objects of one copy at a time. */
      concurrency: set.LTD_COPY_CONCURRENCY,
      /** Copies at a time in one worker. */
      slots: set.LTD_COPY_SLOTS,
      manifestSlots: set.LTD_MANIFEST_SLOTS,
      /** In bytes. */
      multipartThreshold: set.LTD_MULTIPART_COPY_THRESHOLD,
    },
    deletion: {
      /** Null: never. */
      deprecatedAfterDays: set.LTD_DELETE_DEPRECATED_AFTER_DAYS ?? null,
      abandonedUploadHours: set.LTD_ABANDONED_UPLOAD_HOURS,
      abandonedUploads: set.LTD_DELETE_ABANDONED_UPLOADS,
    },
  };
}

/** How the copy engine uses the store. */
export type CopyConfig = ReturnType<typeof workConfig>['copy'];

/** What the worker deletes from the buckets, and when. */
export type DeletionConfig = ReturnType<typeof workConfig>['deletion'];
