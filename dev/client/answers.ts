import { z } from 'zod';

/* The fields of the API's answers that this client reads. It ignores further fields. */

const form = z.object({ url: z.url(), fields: z.record(z.string(), z.string()) });

/** A registered build with the forms to upload it by. */
export const registeredBuild = z.object({
  self_url: z.url(),
  slug: z.string(),
  bucket_name: z.string(),
  bucket_root_dir: z.string(),
  published_url: z.string(),
  /** For the files of a directory. */
  post_prefix_urls: z.record(z.string(), form),
  /** For the object that redirects to a directory. */
  post_dir_urls: z.record(z.string(), form),
});

/** A build. `objects` is the number of recorded objects; null before the manifest is recorded. */
export const build = z.object({ objects: z.number().nullish() });

/** The answer to a request that started a task. */
export const accepted = z.object({ queue_url: z.url() });

/** An edition. */
export const edition = z.object({
  self_url: z.url(),
  slug: z.string(),
  title: z.string(),
  build_url: z.url().nullable(),
  published_build_url: z.url().nullable(),
  published_url: z.string(),
  pending_rebuild: z.boolean(),
});

/** The editions of a product. */
export const editions = z.object({ editions: z.array(z.url()) });

/** A token. */
export const token = z.object({ token: z.string() });

/** The statuses of a task. The last three are final. */
export const taskStatuses = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

/** The answer of `queue_url`. */
export const task = z.object({
  status: z.enum(taskStatuses),
  metadata: z.object({
    phase: z.string(),
    dashboard: z.string(),
    editions: z.array(
      z.object({
        edition_url: z.url(),
        outcome: z.string().nullable(),
        objects_total: z.number(),
        objects_done: z.number(),
        objects_unchanged: z.number(),
        objects_removed: z.number(),
        bytes_done: z.number(),
        last_error: z.string().nullable(),
      }),
    ),
  }),
});

export type RegisteredBuild = z.output<typeof registeredBuild>;
export type Build = z.output<typeof build>;
/** A form to post one file with. */
export type UploadForm = z.output<typeof form>;
export type Edition = z.output<typeof edition>;
export type Task = z.output<typeof task>;
