import { z } from 'zod';
import { trackingModes } from '../../domain/tracking/tracking.js';
import { exampleBuild, exampleEdition, exampleQueueUrl } from './examples.js';
import { date, flag, gitRefs, notices, pathSlug, queueUrl, surrogateKey, text, trackingMode, url } from './fields.js';

/** Keeper's thirteen keys of an edition, and ours. */
export const editionKeys = {
  self_url: url,
  product_url: url,
  build_url: url.nullable().meta({ description: 'The build that the edition is to show.' }),
  published_build_url: url.nullable().meta({ description: 'The build that readers see.' }),
  last_failure: z
    .strictObject({ build_url: url, error: z.string().nullable(), date })
    .nullable()
    .meta({
      description:
        'How the rebuild that ended last failed, which is why `build_url` is not `published_build_url`; ' +
        'null where it did not fail. LTD Keeper has no such key.',
    }),
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
  purge_pending: z.boolean().meta({
    description: 'True while the CDN has not confirmed the purge of what was written, so readers may see older pages.',
  }),
  purge_error: z.string().nullable().meta({ description: 'Why the last try of that purge failed.' }),
};

/** An edition. */
export const edition = z.strictObject(editionKeys).meta({ id: 'Edition', examples: [exampleEdition] });

/** An edition that was changed. */
export const changedEdition = z.strictObject({ ...editionKeys, queue_url: queueUrl, notices }).meta({
  id: 'ChangedEdition',
  examples: [{ ...exampleEdition, pending_rebuild: true, queue_url: exampleQueueUrl }],
});

/** The list of a product's editions. */
export const editions = z
  .strictObject({ editions: z.array(url).meta({ description: 'Those not deprecated, the oldest first.' }) })
  .meta({ id: 'Editions', examples: [{ editions: [exampleEdition.self_url] }] });

const slug = pathSlug.meta({ description: 'Its part of the address: `/v/<slug>`.' });

const mode = trackingMode.meta({ description: 'How it follows builds.' });

const buildUrl = z.string('must be a string').meta({ description: 'The build that it is to show.' });

/** An edition to be made. Its keys are in the order in which Keeper misses them. */
export const newEdition = z
  .object({
    autoincrement: z
      .unknown()
      .optional()
      .transform(isTruthy)
      .meta({ type: 'boolean', description: 'Its slug and title are the next whole number.' }),
    slug: slug.optional(),
    title: text.optional(),
    mode: mode.optional(),
    // Null, as an edition in another mode shows it, is as good as nothing.
    tracked_refs: gitRefs.nullable().optional(),
    build_url: buildUrl.optional(),
  })
  .meta({
    id: 'NewEdition',
    examples: [
      { slug: 'v1', title: 'Version 1', tracked_refs: ['v1.0'] },
      { autoincrement: true, mode: 'manual', build_url: exampleBuild.self_url },
    ],
  });

/** What can be changed of an edition, in Keeper's order. */
export const editionChange = z
  .object({
    tracked_refs: gitRefs.optional(),
    mode: mode.optional(),
    title: text.optional(),
    build_url: buildUrl.optional(),
    slug: pathSlug.optional().meta({
      description:
        'Its new part of the address. The title stays unless the request names one. ' +
        'The old address answers 404 once the new one is complete.',
    }),
    pending_rebuild: flag.optional().meta({
      description: '`true` publishes the build again; `false` gives up a rebuild that is pending.',
    }),
    force: flag.optional().meta({
      description:
        '`true` lets the default edition lose its slug, so that the root of the product answers 404. LTD ' +
        'Keeper has no such key.',
    }),
  })
  .meta({
    id: 'EditionChange',
    examples: [{ title: 'Version 1', tracked_refs: ['v1.1'] }, { build_url: exampleBuild.self_url }],
  });

/** How an edition is deprecated. */
export const editionDeletion = z.object({
  force: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((value) => value === 'true')
    .default(false)
    .meta({
      type: 'boolean',
      default: false,
      description:
        '`true` deprecates the default edition too, so that the root of the product answers 404 once its ' +
        'objects are removed.',
    }),
});

/** What Python takes for true, as clients of LTD Keeper send it: `true`, also the text `"True"`. */
function isTruthy(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
