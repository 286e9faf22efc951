import { z } from 'zod';
import { date, surrogateKey, url } from './fields.js';

/** Keeper's twelve keys of a build. */
export const buildKeys = {
  self_url: url,
  product_url: url,
  slug: z.string(),
  date_created: date,
  date_ended: date.nullable().meta({ description: 'Set once the build is deprecated.' }),
  uploaded: z.boolean(),
  bucket_name: z.string(),
  bucket_root_dir: z
    .string()
    .meta({ description: 'The prefix of its objects, without the slash at the end.' }),
  git_refs: z.array(z.string()),
  github_requester: z.string().nullable(),
  published_url: z.string(),
  surrogate_key: surrogateKey,
};

/** A build. */
export const build = z.strictObject(buildKeys).meta({ id: 'Build' });
