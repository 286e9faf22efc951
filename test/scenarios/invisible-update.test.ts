import assert from 'node:assert/strict';
import { type Edge, startEdge } from '../../dev/edge/start-edge.js';
import type { FaultRuleInput } from '../../dev/object-store/fault-rule.js';
import type { LogEntry } from '../../dev/object-store/request-log.js';
import { createFastlyCdn } from '../../src/integrations/cdn/fastly-cdn.js';
import { deleteFirst } from '../support/delete-first.js';
import { type EditionReaders, type Shown, startReaders } from '../support/edition-readers.js';
import { eventually } from '../support/eventually.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, type ScenarioBuild, steer, taskEnd } from '../support/scenario.js';
import { siteVersion } from '../support/versioned-site.js';
import { startTestWorker, type WorkerOverrides } from '../support/worker.js';

const product = 'manual';
const prefix = `${product}/v/main/`;

/** The versions in the order of publication: ten updates and rollbacks after the first publication. */
const chain = [1, 2, 3, 1, 4, 5, 4, 6, 2, 7, 8];

/** The number of checked answers, a tenth of them at each step. `LTD_TEST_READS` sets another number. */
const wantedReads = Number(process.env['LTD_TEST_READS'] ?? 100_000);

/** Bytes that the edge caches: most of the site but not all, so that readers see the store's objects, too. */
const cacheCapacity = 75_000;

/** A store that is slow and sometimes fails, for every client. */
const faults: readonly Omit<FaultRuleInput, 'id'>[] = [
  { action: { kind: 'delay', delayMs: 2 } },
  { match: { operation: 'CopyObject' }, action: { kind: 'delay', delayMs: 100 } },
  { action: { kind: 'error', status: 503, code: 'SlowDown' }, probability: 0.01 },
  { match: { operation: 'GetObject' }, action: { kind: 'reset', when: 'mid-body' }, probability: 0.01 },
  { match: { operation: 'CopyObject' }, action: { kind: 'reset', when: 'after-work' }, probability: 0.01 },
  { match: { operation: 'DeleteObjects' }, action: { kind: 'error', status: 503, code: 'SlowDown' }, times: 1 },
];

/** Start and end of a purge, on the scale of the store's log. */
interface Purge {
  readonly began: number;
  readonly ended: number;
}

describe('readers of an edition during ten updates and rollbacks', function () {
  this.timeout(600_000);

  describe('an edition that LTD Keeper publishes', () => {
    let scene: Scene;
    before(async () => {
      scene = await play({ steps: chain.length, reads: wantedReads });
    });

    it('shows readers each address of both versions, no torn page and no page without its assets', () => {
      assert.deepEqual(scene.readers.report.wrong, []);
      assert.ok(scene.readers.report.checked >= wantedReads, JSON.stringify(scene.readers.report));
    });

    it('answers readers although the store fails meanwhile', () => {
      assert.ok(scene.readers.report.unavailable > 0);
    });

    it('changes the root page last, after everything that it links', () => {
      for (const { copies } of scene.publications) {
        const root = copies.findIndex(({ key }) => key === `${prefix}index.html`);
        assert.equal(root, copies.length - 1);
        const firstPage = copies.find(({ key = '' }) => key.endsWith('.html'));
        for (const { key = '', answered } of copies)
          if (!key.endsWith('.html')) assert.ok(answered < (firstPage?.arrived ?? 0), key);
      }
    });

    it('purges the new pages before each removal, and again after it', () => {
      for (const { copies, deletions, purges } of scene.publications) {
        const [first, last] = [purges[0], purges.at(-1)];
        assert.ok(first !== undefined && last !== undefined);
        for (const { answered } of copies) assert.ok(answered <= first.began);
        for (const { arrived, answered } of deletions) assert.ok(arrived > first.ended && answered <= last.began);
        // Pages are deleted first; no reader gets them any more once their assets are deleted.
        const isOfPages = ({ keys = [] }: LogEntry): boolean => keys.some((key) => key.endsWith('.html'));
        const pagesGone = Math.max(...deletions.filter(isOfPages).map(({ answered }) => answered));
        const assetsGo = Math.min(...deletions.filter((each) => !isOfPages(each)).map(({ arrived }) => arrived));
        const isBetween = ({ began, ended }: Purge): boolean => began >= pagesGone && ended < assetsGo;
        const parts = new Set(deletions.map(isOfPages)).size;
        if (parts === 2) assert.equal(purges.filter(isBetween).length, 1);
        // A part counts once, also when its request was repeated.
        assert.equal(purges.length, 1 + parts);
      }
    });
  });

  describe('an edition that is emptied first, as LTD Keeper 1.9.0 does', () => {
    it('detects the broken pages of an edition that is emptied first', async () => {
      const { readers } = await play({ steps: 3, reads: 3_000, changed: deleteFirst });
      assert.notDeepEqual(readers.report.wrong, []);
    });
  });
});

/** One publication in the log of the store. */
interface PublicationLog {
  /** Successful requests, in the order of arrival. */
  readonly copies: readonly LogEntry[];
  readonly deletions: readonly LogEntry[];
  readonly purges: readonly Purge[];
}

interface Scene {
  readonly readers: EditionReaders;
  readonly publications: readonly PublicationLog[];
}

/** Publishes this many of the first versions while readers read, with enough reads at each. */
async function play(options: {
  readonly steps: number;
  readonly reads: number;
  readonly changed?: WorkerOverrides['changed'];
}): Promise<Scene> {
  const { steps, reads, changed } = options;
  const keeper = await startTestKeeper();
  try {
    const edge = await startTestEdge(keeper);
    const purges: Purge[] = [];
    await startTestWorker(keeper, {
      copy: { concurrency: 4 },
      cdn: watchedCdn(keeper, edge, purges),
      ...(changed === undefined ? {} : { changed }),
    });
    await makeProduct(keeper, product);
    const builds = new Map<number, ScenarioBuild>();
    const publish = async (version: number): Promise<void> => {
      await published(keeper, await request(keeper, builds, version));
    };
    const shown: Shown = { chain: chain.map(siteVersion), settled: 0, wanted: 0 };
    await publish(chain[0] ?? 0);
    spoil(keeper);
    const readers = startReaders({ edgeUrl: edge.url, product, shown });
    keeper.cleanUp.push(() => readers.stop());
    const publications: PublicationLog[] = [];
    for (const [step, version] of chain.slice(0, steps).entries()) {
      if (step === 0) continue;
      const since = lastSequence(keeper);
      purges.length = 0;
      shown.wanted = step;
      await publish(version);
      shown.settled = step;
      publications.push(logOf(keeper, since, [...purges]));
      const share = (reads * step) / (steps - 1);
      await eventually(`${share} reads`, () => Promise.resolve(readers.report.checked >= share), 300_000);
    }
    return { readers, publications };
  } finally {
    await keeper.close();
  }
}

async function startTestEdge(keeper: TestKeeper): Promise<Edge> {
  const { name, endpoint, region, credentials } = keeper.bucket;
  const edge = await startEdge({
    origin: { bucket: name, endpoint, region, credentials },
    purge: { serviceId: 'service', key: 'key' },
    cache: { capacity: cacheCapacity },
  });
  keeper.cleanUp.push(() => edge.close());
  return edge;
}

/** The edge as the service's CDN, with the calls of production. */
function watchedCdn(keeper: TestKeeper, { purgeUrl }: Edge, purges: Purge[]): WorkerOverrides['cdn'] & object {
  const cdn = createFastlyCdn({ serviceId: 'service', apiKey: 'key', apiUrl: purgeUrl });
  return {
    purge: async (surrogateKey) => {
      const began = lastAnswer(keeper);
      await cdn.purge(surrogateKey);
      purges.push({ began, ended: lastAnswer(keeper) });
    },
  };
}

/** Makes the store slow and faulty until the keeper is closed. */
function spoil({ bucket: { faults: injector, name: bucket }, cleanUp }: TestKeeper): void {
  const rules = faults.map((rule, at) =>
    injector.addRule({ ...rule, id: `${bucket} ${at}`, match: { ...rule.match, bucket } }),
  );
  cleanUp.push(() => {
    for (const { id } of rules) injector.removeRule(id);
    return Promise.resolve();
  });
}

/** Publishes a version: uploads it when it is new, else rolls back to it. Returns the path of the task. */
async function request(keeper: TestKeeper, builds: Map<number, ScenarioBuild>, version: number): Promise<string> {
  const known = builds.get(version);
  if (known !== undefined) return await steer(keeper, 1, { build_url: known.url });
  const build = await makeBuild(keeper, product, Object.fromEntries(siteVersion(version)));
  builds.set(version, build);
  return await announce(keeper, build);
}

async function published(keeper: TestKeeper, queuePath: string): Promise<void> {
  const task = await taskEnd(keeper, queuePath, 120_000);
  assert.equal(task.status, 'SUCCESS', JSON.stringify(task));
}

function lastSequence({ bucket }: TestKeeper): number {
  return bucket.faults.log().at(-1)?.sequence ?? 0;
}

function lastAnswer({ bucket }: TestKeeper): number {
  return bucket.faults.log().at(-1)?.answered ?? 0;
}

function logOf({ bucket }: TestKeeper, since: number, purges: readonly Purge[]): PublicationLog {
  const entries = bucket.faults
    .log(since)
    .filter((entry) => entry.bucket === bucket.name)
    .sort((one, other) => one.arrived - other.arrived);
  return {
    copies: entries.filter(
      ({ operation, key, status }) => operation === 'CopyObject' && key?.startsWith(prefix) === true && status === 200,
    ),
    // A refused request deleted nothing, and the log does not have its keys.
    deletions: entries.filter(({ operation, status }) => operation === 'DeleteObjects' && status === 200),
    purges,
  };
}
