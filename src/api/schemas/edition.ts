import { z } from 'zod';
import { trackingModes } from '../../domain/tracking/tracking.js';
import { date, surrogateKey, url } from './fields.js';

/** Keeper's thirteen keys of an edition, and our own one. */
export const editionKeys = {
  self_url: url,
  product_url: url,
  build_url: url.nullable().meta({ description: 'The build that the edition is to show.' }),
  published_build_url: url.nullable().meta({ description: 'The build that readers see.' }),
  mode: z.enum(trackingModes),
  tracked_refs: z
    .array(z.string())
    .nullable()
    .meta({ description: 'What it tracks in the mode `git_refs`; null in others.' }),
  slug: z.string(),
  title: z.string(),
  published_url: z.string(),
  date_created: date,
  date_rebuilt: date,
  date_ended: date.nullable().meta({ description: 'Set once the edition is deprecated.' }),
  surrogate_key: surrogateKey,
  pending_rebuild: z.boolean(),
};

/** An edition. */
export const edition = z.strictObject(editionKeys).meta({ id: 'Edition' });
