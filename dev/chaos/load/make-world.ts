import { LtdError, createKeeperClient } from '../../client/keeper-client.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { ApiClient } from './api-client.js';
import { publishBuild } from './publish-build.js';
import type { World } from './world.js';

const products = ['alpha', 'beta'] as const;

/** The refs of each product's editions: for renames, for deprecations, for staged faults, and for everything else. */
const refs = ['main', 'release', 'moving', 'passing', 'staged'] as const;

/** Makes the products, and publishes a first build to each of their editions, while all is well. */
export async function makeWorld(stack: ChaosStack, api: ApiClient): Promise<World> {
  const world: World = { products, editions: [], uploaded: new Map() };
  const keeper = createKeeperClient(stack.access.keeper);
  for (const product of products) {
    await keeper.createProduct({
      slug: product,
      title: product,
      doc_repo: 'https://example.org/repo.git',
      root_domain: 'localhost',
      root_fastly_domain: 'localhost',
      bucket_name: stack.access.bucket,
    });
    for (const ref of refs) {
      const build = await publishBuild({ store: stack.store, api, world }, { product, ref, presigned: false });
      if (build === undefined) throw new LtdError(`the first build of ${product} ${ref}`, 0, 'no answer');
    }
    for (const { self_url: url, slug } of await keeper.editions(product))
      world.editions.push({ id: Number(url.split('/').at(-1)), product, ref: slug, slugs: [slug] });
  }
  return world;
}
