import { z } from 'zod';
import { parseId } from '../../domain/urls.js';
import { exampleQueueUrl } from './examples.js';
import { maxPathSlug, pathSlugGrammar } from '../../domain/slugs.js';
import { isStorableText } from '../../domain/storable-text.js';
import { trackingModes } from '../../domain/tracking/tracking.js';

/** Messages here follow the name of a key: `Invalid Product: title must be a string`. */

/** Text that the database keeps as it is. */
export const text = z
  .string('must be a string')
  .refine(isStorableText, 'must not hold null characters or unpaired surrogates');

/** Text that must not be empty. */
export const someText = text.min(1, 'must not be empty');

const strings = 'must be an array of strings';

/** A list of texts that the database keeps as they are. */
export const texts = z.array(
  z.string(strings).refine(isStorableText, 'must not hold null characters or unpaired surrogates'),
  strings,
);

/**
 * Bytes of a git ref. Git stores a ref as a file, and Linux allows a path of 4,096 bytes (PATH_MAX): no host has
 * longer.
 */
const maxRefBytes = 4_096;

/** Refs of one build. LTD Keeper's clients send one, or one for each of a few repositories. */
const maxRefs = 100;

/** A list of git refs. */
export const gitRefs = texts
  .min(1, 'must not be empty')
  .max(maxRefs, `must not hold more than ${maxRefs} refs`)
  .refine(
    (refs) => refs.every((ref) => Buffer.byteLength(ref) <= maxRefBytes),
    `must not hold a ref of more than ${maxRefBytes} bytes`,
  );

/** The slug of an edition or a build in a request; whether it is one is the use-case's to say, in Keeper's words. */
export const pathSlug = z.string('must be a string').meta({ pattern: pathSlugGrammar.source, maxLength: maxPathSlug });

/** A tracking mode in a request; likewise. */
export const trackingMode = z.string('must be a string').meta({ enum: trackingModes });

/** `true` or `false`, and nothing that merely looks like it. */
export const flag = z.boolean('must be true or false');

/** An absolute URL in an answer. */
export const url = z.url({ protocol: /^https?$/ });

/** A date in an answer: UTC, in whole seconds. */
export const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .meta({ format: 'date-time', description: 'UTC, in whole seconds.' });

/** A surrogate key in an answer. */
export const surrogateKey = z.string().regex(/^[0-9a-f]{32}$/);

/**
 * The path's id of a build or an edition. Digits beyond what an id can be belong to no row, as 0 does: a 404 of its
 * own.
 */
export const idParams = z.object({
  id: z
    .string()
    .regex(/^[0-9]+$/)
    .transform((digits) => parseId(digits) ?? 0)
    .meta({ type: 'integer', minimum: 1, description: 'Its number, as its address has it.', examples: [17] }),
});

/** The path's slug of a product. Any text may be asked for. */
export const productParams = z.object({
  slug: z.string().meta({ description: 'The product.', examples: ['pipelines'] }),
});

/** Where the progress of the work that a request started can be read. */
export const queueUrl = url.meta({ description: 'Where the progress of the work can be read.' });

/** What a client should know beside the answer itself. */
export const notices = z
  .array(z.string())
  .optional()
  .meta({
    description:
      'What the client should know, in words: keys that were ignored, a request that changed nothing, the ' +
      'reason why nothing publishes a build. Absent where there is nothing to say.',
  });

/** The body of an answer that only says where to watch the work it has started. */
export const queued = z
  .strictObject({ queue_url: queueUrl, notices })
  .meta({ id: 'Queued', examples: [{ queue_url: exampleQueueUrl }] });
