import { readFile } from 'node:fs/promises';
import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import type { RegisteredBuild } from '../../dev/client/answers.js';
import type { StackAccess } from '../../dev/client/stack-access.js';
import { poll } from '../../dev/poll.js';
import { measurePublication } from '../measure-publication.js';
import { type Contestant, steps, type Update } from './contestant.js';
import type { SitePlace } from './site.js';

export interface ServiceParts {
  readonly access: StackAccess;
  readonly place: SitePlace;
}

/** The whole service: registers a build, uploads its objects, and measures from the PATCH to SUCCESS. */
export function createServiceContestant({ access, place }: ServiceParts): Contestant {
  const client = createKeeperClient(access.keeper);
  const products = new Set<string>();
  const builds = new Map<string, RegisteredBuild>();
  return {
    name: 'service',
    steps,
    prepare: async (update) => {
      const product = productOf(update);
      if (!products.has(product)) await createProduct(client, product, access.bucket);
      products.add(product);
      const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
      const source = `${build.bucket_root_dir}/`;
      builds.set(source, build);
      await place.copyAll(update.source, source);
      await untilRecorded(client, build, update.objects);
      return { ...update, source, destination: `${product}/v/main/` };
    },
    publish: async (update) => {
      const build = builds.get(update.source);
      if (build === undefined) throw new Error(`${update.source} is no build`);
      const page = { edgeUrl: access.edgeUrl, product: productOf(update) };
      const { success } = await measurePublication(client, { build, page, mark: null });
      return { seconds: success / 1_000, cpuSeconds: null, peakRss: await peakRss(access.workerPid) };
    },
  };
}

/** The product of a destination or of an edition's prefix. */
function productOf({ destination }: Update): string {
  return destination
    .replace(/\/v\/main\/$/, '')
    .replaceAll('/', '-')
    .replace(/-$/, '');
}

async function createProduct(client: KeeperClient, slug: string, bucket: string): Promise<void> {
  await client.createProduct({
    slug,
    title: slug,
    doc_repo: 'https://example.org/bench.git',
    root_domain: 'localhost',
    root_fastly_domain: 'localhost',
    bucket_name: bucket,
  });
}

/**
 * Waits until the service has recorded a build's manifest, as it has at the end of a normal upload. Without it the
 * publication records the manifest, which the number of HEAD requests shows.
 */
async function untilRecorded(client: KeeperClient, build: RegisteredBuild, objects: number): Promise<void> {
  const look = async (): Promise<boolean> => {
    const { objects: known } = await client.build(build);
    return known === undefined || known === objects;
  };
  await poll(look, { what: 'the build to be learnt', timeout: 90_000, interval: 500 }).catch(() => undefined);
}

/** The peak resident memory of a process in bytes; null on systems other than Linux. */
async function peakRss(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
}
