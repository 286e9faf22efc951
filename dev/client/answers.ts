import { z } from 'zod';

/*
 * What this client reads of the API's answers, and no more: it is as tolerant of further keys as every other client.
 */

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

/** A build. Where the service learns what it holds it says how many objects it knows; null before it knows any. */
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

/** The words of a task's status. The last three are final. */
export const taskStatuses = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

/** What `queue_url` answers. */
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

/** A registered build with the forms to upload it by. */
export type RegisteredBuild = z.output<typeof registeredBuild>;
/** A build. */
export type Build = z.output<typeof build>;
/** A form that is posted with one file. */
export type UploadForm = z.output<typeof form>;
/** An edition. */
export type Edition = z.output<typeof edition>;
/** What `queue_url` answers. */
export type Task = z.output<typeof task>;
