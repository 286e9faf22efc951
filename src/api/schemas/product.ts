import { z } from 'zod';
import { maxProductSlug, productSlugGrammar } from '../../domain/slugs.js';
import { normaliseRootDomain } from '../../domain/published-urls.js';
import { exampleBaseUrl, exampleProduct } from './examples.js';
import { someText, surrogateKey, text, trackingMode, url } from './fields.js';

/** A product, with Keeper's eleven keys. */
export const product = z
  .strictObject({
    self_url: url,
    slug: z.string().meta({ description: 'Its name in addresses.' }),
    doc_repo: z.string().meta({ description: 'Where the source of the documentation is.' }),
    title: z.string(),
    root_domain: z.string(),
    root_fastly_domain: z.string(),
    domain: z.string().meta({ description: 'Where the documentation is served: `<slug>.<root_domain>`.' }),
    fastly_domain: z.string().meta({ description: 'What the domain is an alias of.' }),
    bucket_name: z.string(),
    published_url: z.string(),
    surrogate_key: surrogateKey,
  })
  .meta({ id: 'Product', examples: [exampleProduct] });

/** The list of products. */
export const products = z
  .strictObject({ products: z.array(url).meta({ description: 'Every product, the oldest first.' }) })
  .meta({
    id: 'Products',
    examples: [{ products: [exampleProduct.self_url, `${exampleBaseUrl}/products/dmtn-001`] }],
  });

const rootDomain = text.transform(normaliseRootDomain);

const exampleNewProduct = {
  slug: exampleProduct.slug,
  doc_repo: exampleProduct.doc_repo,
  title: exampleProduct.title,
  root_domain: exampleProduct.root_domain,
  root_fastly_domain: exampleProduct.root_fastly_domain,
  bucket_name: exampleProduct.bucket_name,
};

/** A product to be made. Its keys are in the order in which Keeper misses them. */
export const newProduct = z
  .object({
    slug: z.string('must be a string').meta({
      pattern: productSlugGrammar.source,
      maxLength: maxProductSlug,
      description: 'Its name in addresses: two or more of a-z, 0-9 and -, first a letter, last no -.',
    }),
    doc_repo: text.meta({ description: 'Where the source of the documentation is.' }),
    title: text,
    root_domain: rootDomain
      .refine((domain) => domain !== '', 'must not be empty')
      .meta({ description: 'The documentation is served at `<slug>.<root_domain>`.' }),
    root_fastly_domain: rootDomain.meta({ description: 'What that domain is to be an alias of.' }),
    bucket_name: someText.meta({ description: 'The bucket of its objects.' }),
    main_mode: trackingMode.optional().meta({ description: 'How the default edition follows builds.' }),
  })
  .meta({ id: 'NewProduct', examples: [exampleNewProduct] });

/** What can be changed of a product. */
export const productChange = z
  .object({
    doc_repo: text.optional(),
    title: text.optional(),
    bucket_name: someText.optional().meta({
      description:
        'Another bucket, while no build was ever published. Builds must be uploaded again. LTD Keeper ignores it.',
    }),
  })
  .meta({ id: 'ProductChange', examples: [{ title: 'The LSST Science Pipelines' }] });
