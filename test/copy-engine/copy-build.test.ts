import assert from 'node:assert/strict';
import type { LogEntry } from '../../dev/object-store/request-log.js';
import type { CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import type { ManifestEntry } from '../../src/copy-engine/manifest.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';
import { type CopyCounts, noCounts } from '../../src/domain/copy-counts.js';
import { editionHeaders } from '../../src/domain/edition-headers.js';
import { hasCode } from '../../src/domain/errors.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { copyJobs, newSite, oddKeys, page, type TestJob } from '../support/copy-jobs.js';
import { eventually } from '../support/eventually.js';
import { memoryManifest } from '../support/memory-manifests.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachStore, type FoundObject, type TestStore } from '../support/test-store.js';

const website = { body: '', headers: { system: { 'x-amz-website-redirect-location': '/index.htm' } } };
const directory = { body: '', headers: { metadata: { 'dir-redirect': 'true' } } };

const motoCannot = {
  keys: [
    'publishes every object of the build, whatever its key',
    'sends one copy per object and two listings for a new edition whose manifest is known',
    'sends only two listings when the destination is already right',
    'copies a build while it records its manifest, with one HEAD per object',
    'remembers the changed ETags, so that the next copy sends nothing',
  ],
  log: [
    'writes in order: assets, pages, redirecting objects, the root page, the directory redirect',
    'lists the destination again when it could not note all objects to copy',
    'copies only the changed objects',
    'writes nothing when the build has no objects',
    'copies the first objects before it has the headers of the last',
    'copies everything, the redirect too, when it is unknown who wrote to the destination',
    'copies an object that a known build has with other headers',
  ],
  acls: ['fails with store_acl_unsupported where the bucket refuses ACLs, and copies with ACL none'],
  preconditions: ['fails with source_changed when an object changed since its manifest was recorded'],
};

describeForEachStore('copyBuild', motoCannot, (startTestStore) => {
  let store: TestStore;
  let engine: TestEngine;
  let newJob: (changes?: Partial<TestJob>) => TestJob;
  before(async () => {
    store = await startTestStore();
    engine = testEngine(store.store);
    newJob = copyJobs(store.bucket);
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const copy = (job: TestJob, control: Partial<CopyControl> = {}): Promise<CopyCounts> => engine.copy(job, control);
  /** Counts the requests of each operation that some work sends. */
  const operations = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    const counted: Record<string, number> = {};
    for (const { operation } of await store.record(work)) counted[operation] = (counted[operation] ?? 0) + 1;
    return counted;
  };
  const shown = (objects: Record<string, FoundObject>, job: TestJob): Record<string, FoundObject> =>
    Object.fromEntries(
      Object.entries(objects).map(([key, { body, headers }]) => [key, { body, headers: editionHeaders(headers, job) }]),
    );
  const assertPublished = async (job: TestJob): Promise<void> => {
    const build = await store.readSite(job.sourcePrefix);
    assert.deepEqual(await store.readSite(job.destinationPrefix), shown(build, job));
  };

  describe('the published objects', () => {
    it('publishes every object of the build, whatever its key', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(oddKeys));
      const counts = await copy(job);
      await assertPublished(job);
      assert.equal(counts.objects_total, oddKeys.length);
      assert.equal(counts.objects_done, oddKeys.length);
    });

    it('keeps type, encoding, language, disposition, expiry, redirect and metadata of each object', async () => {
      const job = newJob();
      const system = {
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'gzip',
        'content-language': 'de-CH, en',
        'content-disposition': 'attachment; filename="a b.html"',
        'cache-control': 'max-age=31536000',
        expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
        'x-amz-website-redirect-location': '/elsewhere.html',
      };
      await store.put(`${job.sourcePrefix}a.html`, {
        body: 'x',
        headers: {
          system,
          metadata: { 'surrogate-key': 'build-key', mtime: '1700000000.5', 'dir-redirect': 'true' },
        },
      });
      await copy(job);
      assert.deepEqual((await store.read(`${job.destinationPrefix}a.html`)).headers, {
        system: { ...system, 'cache-control': 'no-cache' },
        metadata: {
          'surrogate-key': 'edition-key',
          'surrogate-control': 'max-age=31536000',
          mtime: '1700000000.5',
          'dir-redirect': 'true',
        },
      });
    });

    it('keeps an Expires header that is not a date', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.css`, { body: 'x', headers: { system: { expires: '0' } } });
      await copy(job);
      assert.equal((await store.read(`${job.destinationPrefix}a.css`)).headers.system.expires, '0');
    });

    it('gives each object its own headers only', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, {
        'a.css': {
          body: 'a',
          headers: { system: { 'content-encoding': 'gzip', 'content-type': 'text/css' } },
        },
        'b.js': {
          body: 'b',
          headers: { system: { 'content-type': 'text/javascript' }, metadata: { of: 'b' } },
        },
        'c.txt': { body: 'c', headers: { system: { 'cache-control': 'private' } } },
      });
      await copy(job);
      await assertPublished(job);
    });

    it('publishes empty objects and an object at the prefix itself', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, {
        '': { body: '' },
        'empty.css': { body: '' },
        'index.html': page('x'),
      });
      await copy(job);
      await assertPublished(job);
    });

    it('writes a directory redirect at the prefix without its slash', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await copy(job);
      const { body, headers } = await store.read(job.destinationPrefix.slice(0, -1));
      assert.equal(body, '');
      assert.equal(headers.system['cache-control'], 'no-cache');
      assert.deepEqual(headers.metadata, { 'dir-redirect': 'true' });
    });

    it('writes no directory redirect where redirects are off', async () => {
      const job = newJob({ directoryRedirects: false });
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await copy(job);
      await assert.rejects(store.read(job.destinationPrefix.slice(0, -1)), { name: 'NotFound' });
    });

    it('keeps objects that only the edition has, and objects beside its prefix', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await store.put(`${job.destinationPrefix}old.html`, page('old'));
      const beside = `${job.destinationPrefix.slice(0, -1)}0/index.html`;
      await store.put(beside, page('v10'));
      await copy(job);
      assert.equal((await store.read(`${job.destinationPrefix}old.html`)).body, 'old');
      assert.equal((await store.read(beside)).body, 'v10');
    });
  });

  describe('the requests', () => {
    it('writes in order: assets, pages, redirecting objects, the root page, the directory redirect', async () => {
      const job = newJob();
      const redirects = { '0-old.html': website, z: directory };
      const assets = ['a.css', 'z/logo.png', '~last.js', 'index.html.map'];
      const pages = ['0.html', 'index.htm', 'z/index.html', 'Z.HTML', 'zz.xhtml'];
      await store.putSite(job.sourcePrefix, {
        ...newSite(['index.html', ...pages, ...assets]),
        ...redirects,
      });
      const log = await store.record(() => copy(job));
      const phaseOf = ({ key = '' }: LogEntry): number => {
        const name = key.slice(job.destinationPrefix.length);
        if (name === '') return 4;
        if (name === 'index.html') return 3;
        if (name in redirects) return 2;
        return pages.includes(name) ? 1 : 0;
      };
      const writes = log.filter(({ operation }) => operation === 'CopyObject' || operation === 'PutObject');
      assert.equal(writes.length, assets.length + pages.length + 4);
      for (const earlier of writes) {
        for (const later of writes) {
          if (phaseOf(earlier) < phaseOf(later)) assert.ok(earlier.answered < later.arrived, later.key ?? '');
        }
      }
    });

    it('sends one copy per object and two listings for a new edition whose manifest is known', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite([...oddKeys, 'index.html']));
      await engine.record(job);
      assert.deepEqual(await operations(() => copy(job)), {
        ListObjectsV2: 2,
        CopyObject: oddKeys.length + 1,
        PutObject: 1,
      });
    });

    it('lists the destination again when it could not note all objects to copy', async () => {
      const job = newJob({ maxNoted: 2 });
      const pages = Array.from({ length: 9 }, (_, at) => `${at}.html`);
      await store.putSite(job.sourcePrefix, newSite([...pages, 'a.css', 'index.html', 'z.html']));
      await engine.record(job);
      const first = await operations(() => copy(job));
      assert.deepEqual(first, { ListObjectsV2: 3, CopyObject: 12, PutObject: 1 });
      await assertPublished(job);
      for (const changed of ['1.html', '3.html', '5.html', '7.html'])
        await store.put(job.sourcePrefix + changed, page('changed'));
      await engine.record(job);
      const { objects_done: done, objects_unchanged: unchanged } = await copy(job);
      assert.deepEqual([done, unchanged], [12, 8]);
      await assertPublished(job);
    });

    it('sends only two listings when the destination is already right', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(oddKeys));
      const first = await copy(job);
      const log = await store.record(async () => {
        assert.deepEqual(await copy(job), {
          ...first,
          objects_unchanged: oddKeys.length,
          bytes_done: 0,
        });
      });
      assert.deepEqual(
        log.map(({ operation }) => operation),
        ['ListObjectsV2', 'ListObjectsV2'],
      );
    });

    it('copies only the changed objects', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.html', 'index.html']));
      await copy(job);
      await store.put(`${job.sourcePrefix}b.css`, { body: 'BBBBB' });
      await store.put(`${job.sourcePrefix}new.html`, page('new'));
      await engine.record(job);
      const log = await store.record(() => copy(job));
      const copied = log.filter(({ operation }) => operation === 'CopyObject').map(({ key }) => key);
      assert.deepEqual(copied, [`${job.destinationPrefix}b.css`, `${job.destinationPrefix}new.html`]);
      await assertPublished(job);
    });

    it('copies an object whose content changed and whose size did not', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.html`, page('one'));
      await copy(job);
      await store.put(`${job.sourcePrefix}a.html`, page('two'));
      await engine.record(job);
      await copy(job);
      assert.equal((await store.read(`${job.destinationPrefix}a.html`)).body, 'two');
    });

    for (const [what, headers] of Object.entries({
      type: { system: { 'content-type': 'text/html' } },
      encoding: { system: { 'content-encoding': 'br' } },
      expiry: { system: { expires: 'Wed, 21 Oct 2026 07:28:00 GMT' } },
      metadata: { metadata: { added: 'yes' } },
    })) {
      it(`copies an object when only its ${what} changed`, async () => {
        const job = newJob();
        await store.put(`${job.sourcePrefix}a`, { body: 'same' });
        await copy(job);
        await store.put(`${job.sourcePrefix}a`, { body: 'same', headers });
        await engine.record(job);
        assert.equal((await copy(job)).objects_unchanged, 0);
        await assertPublished(job);
      });
    }

    it('corrects headers that were published with another surrogate key or cache policy', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'index.html']));
      await copy({ ...job, surrogateKey: 'old-key' });
      assert.equal((await copy(job)).objects_unchanged, 0);
      await assertPublished(job);
    });

    it('fails with store_acl_unsupported where the bucket refuses ACLs, and copies with ACL none', async () => {
      const strict = await startTestStore({ aclsDisabled: true });
      try {
        const job = newJob({ bucket: strict.bucket });
        await strict.putSite(job.sourcePrefix, newSite(['index.html']));
        const run = (acl: TestJob['acl']): Promise<CopyCounts> => testEngine(strict.store).copy({ ...job, acl });
        await assert.rejects(
          run('public-read'),
          (error) => hasCode(error, 'store_acl_unsupported') && error.message.includes('LTD_S3_ACL=none'),
        );
        assert.equal((await run(null)).objects_done, 1);
      } finally {
        await strict.close();
      }
    });
  });

  describe('builds that cannot be published', () => {
    it('writes nothing when the build has no objects', async () => {
      const job = newJob();
      await store.put(`${job.destinationPrefix}index.html`, page('published'));
      const build = engine.forget(job);
      const log = await store.record(() =>
        assert.rejects(
          engine.copy(job, {}, { build }),
          (error) => hasCode(error, 'build_empty') && error.message.includes(job.sourcePrefix),
        ),
      );
      assert.deepEqual(new Set(log.map(({ operation }) => operation)), new Set(['ListObjectsV2']));
    });

    it('fails with bucket_missing when the bucket does not exist', async () => {
      await assert.rejects(
        copy(newJob({ bucket: 'no-such-bucket' })),
        (error) => hasCode(error, 'bucket_missing') && error.message.includes('no-such-bucket'),
      );
    });

    it('refuses source and destination prefixes that overlap or have no final slash', async () => {
      const mistakes: Partial<TestJob>[] = [
        { sourcePrefix: 'p/', destinationPrefix: 'p/v/main/' },
        { sourcePrefix: 'p/v/main/', destinationPrefix: 'p/' },
        { destinationPrefix: 'p/v/v1' },
        { sourcePrefix: '' },
        { sourcePrefix: '/' },
      ];
      for (const mistake of mistakes) {
        const job = newJob(mistake);
        await assert.rejects(engine.copy(job, {}, { build: engine.forget(job) }), TypeError);
      }
    });
  });

  describe('the outcome `isExact`', () => {
    const isExact = async (job: TestJob, control: Partial<CopyControl> = {}): Promise<boolean> =>
      (await engine.copyOutcome(job, control)).isExact;

    it('reports an exact edition after a copy to an empty destination', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
      assert.ok(await isExact(job));
      await engine.verify(job);
    });

    it('reports an exact edition when one listing shows that everything is right', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
      await copy(job);
      assert.ok(await isExact(job));
    });

    it('reports an inexact edition when the destination has a stale object', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['b.html']));
      await store.put(`${job.destinationPrefix}z/old.html`, page('old'));
      assert.equal(await isExact(job), false);
      assert.equal(await isExact(job), false);
    });

    it('reports an inexact edition when it resumed within the last pass', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'index.html']));
      await copy(job);
      const progress = new CopyProgress({ pass: 'root', cursor: 'a.css', counts: noCounts });
      assert.equal(await isExact(job, { progress }), false);
    });

    it('fails with verification_failed when a copy that the store acknowledged is missing', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css']));
      const forgetful: ObjectStore = {
        ...store.store,
        copy: async (request) =>
          request.destinationKey.endsWith('/b.css') ? { etag: request.source.etag } : store.store.copy(request),
      };
      await assert.rejects(engine.copy(job, {}, { store: forgetful }), (error) =>
        hasCode(error, 'verification_failed'),
      );
    });
  });

  describe('a build whose manifest is not recorded yet', () => {
    it('copies a build while it records its manifest, with one HEAD per object', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite([...oddKeys, 'index.html', 'a.css']));
      const build = engine.forget(job);
      assert.deepEqual(await operations(() => engine.copy(job, {}, { build })), {
        ListObjectsV2: 3,
        HeadObject: oddKeys.length + 2,
        CopyObject: oddKeys.length + 2,
        PutObject: 1,
      });
      await assertPublished(job);
    });

    it('copies the first objects before it has the headers of the last', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'z.css']));
      const hold = store.server.faults.addRule({
        match: { operation: 'HeadObject', keyPattern: 'z.css$' },
        action: { kind: 'hold' },
      });
      const copied = engine.copy(job, {}, { build: engine.forget(job) });
      await eventually('two copies', () =>
        Promise.resolve((store.server.faults.stats().byOperation['CopyObject']?.byStatus[200] ?? 0) >= 2),
      );
      store.server.faults.removeRule(hold.id);
      assert.equal((await copied).objects_total, 3);
    });
  });

  describe('known builds', () => {
    const published = async (): Promise<TestJob> => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
      await copy(job);
      return job;
    };
    const unchanged = async (job: TestJob, known: CopyJob['known']): Promise<number> =>
      (await engine.copy(job, {}, { known })).objects_unchanged;

    it('copies everything, the redirect too, when it is unknown who wrote to the destination', async () => {
      const job = await published();
      assert.deepEqual(await operations(() => engine.copy(job, {}, { known: null })), {
        ListObjectsV2: 2,
        CopyObject: 3,
        PutObject: 1,
      });
    });

    it('copies nothing that an earlier attempt at the same build wrote', async () => {
      assert.equal(await unchanged(await published(), { hasTarget: true, others: [], isPublished: false }), 3);
    });

    it('copies all objects that no known build has', async () => {
      const job = await published();
      const other = memoryManifest([]);
      assert.equal(await unchanged(job, { hasTarget: false, others: [other], isPublished: true }), 0);
    });

    it('copies an object that a known build has with other headers', async () => {
      const job = await published();
      const manifest = await engine.record(job);
      const recast: ManifestEntry[] = [];
      for await (const entries of manifest.read(null))
        for (const entry of entries)
          recast.push(entry.key === 'b.html' ? { ...entry, headers: { system: {}, metadata: { mtime: '1' } } } : entry);
      const others = [manifest, memoryManifest(recast)];
      const log = await store.record(() =>
        engine.copy(job, {}, { known: { hasTarget: true, others, isPublished: true } }),
      );
      assert.deepEqual(copiesOf(log), [`${job.destinationPrefix}b.html`]);
    });

    it('calls onEmptyDestination once, before the first write, only for an empty destination', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'index.html']));
      let told = 0;
      const control: Partial<CopyControl> = {
        mayWrite: () => {
          assert.equal(told, 1);
        },
        onEmptyDestination: () => {
          told += 1;
          return Promise.resolve();
        },
      };
      await copy(job, control);
      await copy(job, {
        onEmptyDestination: () => Promise.reject(new Error('the destination is not empty')),
      });
      assert.equal(told, 1);
    });
  });

  describe('a store that changes ETags', () => {
    /** A store whose copies and listings have ETags that are not derived from the content. */
    const encrypting = (): ObjectStore => {
      const seal = (etag: string): string => `sealed-${etag}`;
      return {
        ...store.store,
        copy: async (request) => ({ etag: seal((await store.store.copy(request)).etag) }),
        listPage: async (request) => {
          const listed = await store.store.listPage(request);
          if (!request.prefix.includes('/v/')) return listed;
          return {
            ...listed,
            objects: listed.objects.map((object) => ({ ...object, etag: seal(object.etag) })),
          };
        },
      };
    };

    it('remembers the changed ETags, so that the next copy sends nothing', async () => {
      const sealing = encrypting();
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(oddKeys));
      await engine.copy(job, {}, { store: sealing });
      assert.equal((await engine.copy(job, {}, { store: sealing })).objects_unchanged, oddKeys.length);
      await engine.verify(job, sealing);
      const { body } = await store.read(`${job.destinationPrefix}a b/c d.html`);
      await store.put(`${job.destinationPrefix}a b/c d.html`, { body: body.toUpperCase() });
      await assert.rejects(engine.verify(job, sealing), /"a b\/c d.html" has other content/);
      assert.equal((await engine.copy(job, {}, { store: sealing })).objects_unchanged, oddKeys.length - 1);
    });

    it('remembers changed ETags when the copy fails later', async () => {
      const sealing = encrypting();
      const job = newJob({ concurrency: 1 });
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css']));
      const failing: ObjectStore = {
        ...sealing,
        copy: (request) =>
          request.sourceKey.endsWith('b.css') ? Promise.reject(new Error('down')) : sealing.copy(request),
      };
      await assert.rejects(engine.copy(job, {}, { store: failing }), /down/);
      const known = { hasTarget: true, others: [], isPublished: false };
      assert.equal((await engine.copy(job, {}, { store: sealing, known })).objects_unchanged, 1);
    });
  });

  describe('a build that changed after its manifest was recorded', () => {
    it('fails with source_changed when an object changed since its manifest was recorded', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.css`, { body: 'one' });
      await engine.record(job);
      await store.put(`${job.sourcePrefix}a.css`, { body: 'two' });
      await assert.rejects(copy(job), (error) => hasCode(error, 'source_changed') && error.message.includes('"a.css"'));
      await engine.record(job);
      await copy(job);
      await assertPublished(job);
    });

    it('fails with source_changed when an object was deleted since its manifest was recorded', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.css`, { body: 'one' });
      await engine.record(job);
      await store.delete(`${job.sourcePrefix}a.css`);
      await assert.rejects(copy(job), (error) => hasCode(error, 'source_changed'));
    });
  });
});

function copiesOf(log: readonly LogEntry[]): (string | undefined)[] {
  return log.filter(({ operation }) => operation === 'CopyObject').map(({ key }) => key);
}
