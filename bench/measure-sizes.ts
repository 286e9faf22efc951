import type { S3Client } from '@aws-sdk/client-s3';
import { createKeeperClient } from '../dev/client/keeper-client.js';
import type { StackAccess } from '../dev/client/stack-access.js';
import { measurePublication, type Publication } from './measure-publication.js';
import { placeSite } from './place-site.js';
import { createSite, versionMark } from './site.js';

/** The kinds of publication, in the order of one product. */
export const cases = ['fresh publication', 'update of 1 %', 'nothing changed'] as const;

/** One of {@link cases}. */
export type Case = (typeof cases)[number];

/** The site version of each case. */
const versions: Readonly<Record<Case, number>> = {
  'fresh publication': 1,
  'update of 1 %': 2,
  'nothing changed': 2,
};

/** The measurements of one size and case. */
export interface Measurement {
  readonly objects: number;
  readonly case: Case;
  readonly publications: readonly Publication[];
}

export interface Series {
  /** Objects of the site. */
  readonly objects: number;
  /** The number of products that go through all cases. */
  readonly runs: number;
}

/** Measures all cases for one size of site. */
export async function measureSize(
  access: StackAccess,
  store: S3Client,
  { objects, runs }: Series,
): Promise<readonly Measurement[]> {
  const client = createKeeperClient(access.keeper);
  const found = new Map<Case, Publication[]>(cases.map((name) => [name, []]));
  for (let run = 1; run <= runs; run += 1) {
    const product = `bench-${objects}-${run}`;
    await client.createProduct({
      slug: product,
      title: product,
      doc_repo: 'https://example.org/bench.git',
      root_domain: 'localhost',
      root_fastly_domain: 'localhost',
      bucket_name: access.bucket,
    });
    for (const name of cases) {
      const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
      await placeSite(store, build, createSite(objects, versions[name]));
      const mark = name === 'nothing changed' ? null : versionMark(versions[name]);
      const page = { edgeUrl: access.edgeUrl, product };
      found.get(name)?.push(await measurePublication(client, { build, page, mark }));
    }
  }
  return [...found].map(([name, publications]) => ({ objects, case: name, publications }));
}
