import { z } from 'zod';
import { trackingModes } from '../../domain/tracking/tracking.js';
import { normaliseRootDomain } from '../../domain/published-urls.js';
import { someText, surrogateKey, text, url } from './fields.js';

/** A product, with Keeper's eleven keys. */
export const product = z
  .strictObject({
    self_url: url,
    slug: z.string().meta({ example: 'pipelines' }),
    doc_repo: z.string().meta({ description: 'Where the source of the documentation is.' }),
    title: z.string(),
    root_domain: z.string().meta({ example: 'lsst.io' }),
    root_fastly_domain: z.string().meta({ example: 'global.ssl.fastly.net' }),
    domain: z.string().meta({ description: 'Where the documentation is served: `<slug>.<root_domain>`.' }),
    fastly_domain: z.string().meta({ description: 'What the domain is an alias of.' }),
    bucket_name: z.string(),
    published_url: z.string(),
    surrogate_key: surrogateKey,
  })
  .meta({ id: 'Product' });

/** The list of products. */
export const products = z
  .strictObject({ products: z.array(url).meta({ description: 'Every product, the oldest first.' }) })
  .meta({ id: 'Products' });

const rootDomain = text.transform(normaliseRootDomain);

/** A product to be made. Its keys are in the order in which Keeper misses them. */
export const newProduct = z
  .object({
    slug: z.string('must be a string'),
    doc_repo: text,
    title: text,
    root_domain: rootDomain.refine((domain) => domain !== '', 'must not be empty'),
    root_fastly_domain: rootDomain,
    bucket_name: someText,
    main_mode: z
      .string('must be a string')
      .optional()
      .meta({ description: `How the default edition follows builds: ${trackingModes.join(', ')}.` }),
  })
  .meta({ id: 'NewProduct' });

/** What can be changed of a product. */
export const productChange = z
  .object({ doc_repo: text.optional(), title: text.optional() })
  .meta({ id: 'ProductChange' });
