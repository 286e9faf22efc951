import type { z } from 'zod';
import type { Product } from '../../db/models/product.js';
import type { BuildFacts, RecordedBuild } from '../../db/queries/builds.js';
import { formatDate } from '../../domain/dates.js';
import { buildRootDirectory } from '../../domain/object-keys.js';
import { productDomain, publishedBuildUrl } from '../../domain/published-urls.js';
import { buildUrl, productUrl } from '../../domain/urls.js';
import type { PresignedUploads } from '../../services/ports.js';
import type { build as buildSchema, registeredBuild } from '../schemas/build.js';

/** A build with the product that it is of. */
interface PresentableBuild {
  readonly build: BuildFacts;
  readonly product: Pick<Product, 'slug' | 'root_domain' | 'bucket_name'>;
  /** What is known to be in the bucket; null before anything is. */
  readonly recorded: RecordedBuild | null;
}

/** A build as clients read it. */
export function presentBuild(
  { build, product, recorded }: PresentableBuild,
  baseUrl: string,
): z.input<typeof buildSchema> {
  const domain = productDomain(product.slug, product.root_domain);
  return {
    self_url: buildUrl(baseUrl, build.id),
    product_url: productUrl(baseUrl, product.slug),
    slug: build.slug,
    date_created: formatDate(build.date_created),
    date_ended: build.date_ended === null ? null : formatDate(build.date_ended),
    date_abandoned: build.abandoned_at === null ? null : formatDate(build.abandoned_at),
    uploaded: build.uploaded,
    bucket_name: product.bucket_name,
    bucket_root_dir: buildRootDirectory(product.slug, build.slug),
    git_refs: build.git_refs,
    github_requester: build.github_requester,
    published_url: publishedBuildUrl(domain, build.slug),
    surrogate_key: build.surrogate_key,
    objects: recorded?.objects ?? null,
    bytes: recorded?.bytes ?? null,
  };
}

type Posts = Pick<z.input<typeof registeredBuild>, 'post_prefix_urls' | 'post_dir_urls'>;

/** The forms to upload a build with, by directory; no keys where none were asked for. */
export function presentUploads(uploads: PresignedUploads | null): Posts {
  return uploads === null ? {} : { post_prefix_urls: uploads.prefixes, post_dir_urls: uploads.directories };
}
