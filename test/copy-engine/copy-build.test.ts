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
    'is every object of the build, whatever its key',
    'is a copy of each object, a listing before and one after, where all is new and the headers are known',
    'is nothing but a listing, and one of the redirect, when everything is right already',
    'is copied while it is learnt, by one HEAD an object',
    'are remembered: the second time nothing is copied, and the verification compares them',
  ],
  log: [
    'goes in order: assets, pages, what redirects, the root page, the redirect to all',
    'is the same where the destination is listed again for what is not noted any more',
    'is only what changed',
    'is one without objects: nothing is written',
    'does not wait with the first objects until the last are known',
    'is nothing where nobody says what wrote there: all is copied, the redirect too',
    'is nothing of what another build that was tried has with other headers',
  ],
  acls: ['sets the ACL, or none'],
  preconditions: ['ends the copy, for the build has to be learnt again'],
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

  const copy = (job: TestJob, control: Partial<CopyControl> = {}): Promise<CopyCounts> =>
    engine.copy(job, control);
  /** How many requests of each kind something sends. */
  const operations = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    const counted: Record<string, number> = {};
    for (const { operation } of await store.record(work)) counted[operation] = (counted[operation] ?? 0) + 1;
    return counted;
  };
  const shown = (objects: Record<string, FoundObject>, job: TestJob): Record<string, FoundObject> =>
    Object.fromEntries(
      Object.entries(objects).map(([key, { body, headers }]) => [
        key,
        { body, headers: editionHeaders(headers, job) },
      ]),
    );
  const assertPublished = async (job: TestJob): Promise<void> => {
    const build = await store.readSite(job.sourcePrefix);
    assert.deepEqual(await store.readSite(job.destinationPrefix), shown(build, job));
  };

  describe('what it publishes', () => {
    it('is every object of the build, whatever its key', async () => {
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

    it('keeps an expiry that is no date as it is', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.css`, { body: 'x', headers: { system: { expires: '0' } } });
      await copy(job);
      assert.equal((await store.read(`${job.destinationPrefix}a.css`)).headers.system.expires, '0');
    });

    it('gives no object the headers of another', async () => {
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

    it('includes empty objects and an object at the prefix itself', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, {
        '': { body: '' },
        'empty.css': { body: '' },
        'index.html': page('x'),
      });
      await copy(job);
      await assertPublished(job);
    });

    it('comes with a redirect at the prefix without its slash', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await copy(job);
      const { body, headers } = await store.read(job.destinationPrefix.slice(0, -1));
      assert.equal(body, '');
      assert.equal(headers.system['cache-control'], 'no-cache');
      assert.deepEqual(headers.metadata, { 'dir-redirect': 'true' });
    });

    it('comes without that redirect where redirects are off', async () => {
      const job = newJob({ directoryRedirects: false });
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await copy(job);
      await assert.rejects(store.read(job.destinationPrefix.slice(0, -1)), { name: 'NotFound' });
    });

    it('never loses an object that only the edition has, nor touches one beside it', async () => {
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

  describe('what it sends', () => {
    it('goes in order: assets, pages, what redirects, the root page, the redirect to all', async () => {
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

    it('is a copy of each object, a listing before and one after, where all is new and the headers are known', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite([...oddKeys, 'index.html']));
      await engine.learn(job);
      assert.deepEqual(await operations(() => copy(job)), {
        ListObjectsV2: 2,
        CopyObject: oddKeys.length + 1,
        PutObject: 1,
      });
    });

    it('is the same where the destination is listed again for what is not noted any more', async () => {
      const job = newJob({ maxNoted: 2 });
      const pages = Array.from({ length: 9 }, (_, at) => `${at}.html`);
      await store.putSite(job.sourcePrefix, newSite([...pages, 'a.css', 'index.html', 'z.html']));
      await engine.learn(job);
      const first = await operations(() => copy(job));
      assert.deepEqual(first, { ListObjectsV2: 3, CopyObject: 12, PutObject: 1 });
      await assertPublished(job);
      for (const changed of ['1.html', '3.html', '5.html', '7.html'])
        await store.put(job.sourcePrefix + changed, page('changed'));
      await engine.learn(job);
      const { objects_done: done, objects_unchanged: unchanged } = await copy(job);
      assert.deepEqual([done, unchanged], [12, 8]);
      await assertPublished(job);
    });

    it('is nothing but a listing, and one of the redirect, when everything is right already', async () => {
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

    it('is only what changed', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.html', 'index.html']));
      await copy(job);
      await store.put(`${job.sourcePrefix}b.css`, { body: 'BBBBB' });
      await store.put(`${job.sourcePrefix}new.html`, page('new'));
      await engine.learn(job);
      const log = await store.record(() => copy(job));
      const copied = log.filter(({ operation }) => operation === 'CopyObject').map(({ key }) => key);
      assert.deepEqual(copied, [`${job.destinationPrefix}b.css`, `${job.destinationPrefix}new.html`]);
      await assertPublished(job);
    });

    it('notices a change of content that leaves the size as it was', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.html`, page('one'));
      await copy(job);
      await store.put(`${job.sourcePrefix}a.html`, page('two'));
      await engine.learn(job);
      await copy(job);
      assert.equal((await store.read(`${job.destinationPrefix}a.html`)).body, 'two');
    });

    for (const [what, headers] of Object.entries({
      type: { system: { 'content-type': 'text/html' } },
      encoding: { system: { 'content-encoding': 'br' } },
      expiry: { system: { expires: 'Wed, 21 Oct 2026 07:28:00 GMT' } },
      metadata: { metadata: { added: 'yes' } },
    })) {
      it(`notices a change of ${what} alone`, async () => {
        const job = newJob();
        await store.put(`${job.sourcePrefix}a`, { body: 'same' });
        await copy(job);
        await store.put(`${job.sourcePrefix}a`, { body: 'same', headers });
        await engine.learn(job);
        assert.equal((await copy(job)).objects_unchanged, 0);
        await assertPublished(job);
      });
    }

    it('corrects the headers of what another surrogate key or cache policy was published with', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'index.html']));
      await copy({ ...job, surrogateKey: 'old-key' });
      assert.equal((await copy(job)).objects_unchanged, 0);
      await assertPublished(job);
    });

    it('sets the ACL, or none', async () => {
      const strict = await startTestStore({ aclsDisabled: true });
      try {
        const job = newJob({ bucket: strict.bucket });
        await strict.putSite(job.sourcePrefix, newSite(['index.html']));
        const run = (acl: TestJob['acl']): Promise<CopyCounts> =>
          testEngine(strict.store).copy({ ...job, acl });
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

  describe('a build that cannot be published', () => {
    it('is one without objects: nothing is written', async () => {
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

    it('is one in a bucket that is not there', async () => {
      await assert.rejects(
        copy(newJob({ bucket: 'no-such-bucket' })),
        (error) => hasCode(error, 'bucket_missing') && error.message.includes('no-such-bucket'),
      );
    });

    it('is one whose prefix holds the edition, or the other way round, or has no slash', async () => {
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

  describe('what it has seen when it ends', () => {
    const isExact = async (job: TestJob, control: Partial<CopyControl> = {}): Promise<boolean> =>
      (await engine.copyOutcome(job, control)).isExact;

    it('is all of it where it copied and nothing else was there', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
      assert.ok(await isExact(job));
      await engine.verify(job);
    });

    it('is all of it where everything was right, by the one listing', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
      await copy(job);
      assert.ok(await isExact(job));
    });

    it('is not all where something is left to be removed', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['b.html']));
      await store.put(`${job.destinationPrefix}z/old.html`, page('old'));
      assert.equal(await isExact(job), false);
      assert.equal(await isExact(job), false);
    });

    it('is not all where it went on from a cursor of the last pass', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'index.html']));
      await copy(job);
      const progress = new CopyProgress({ pass: 'root', cursor: 'a.css', counts: noCounts });
      assert.equal(await isExact(job, { progress }), false);
    });

    it('is told as a failure where a copy that was answered is not there', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css']));
      const forgetful: ObjectStore = {
        ...store.store,
        copy: async (request) =>
          request.destinationKey.endsWith('/b.css')
            ? { etag: request.source.etag }
            : store.store.copy(request),
      };
      await assert.rejects(engine.copy(job, {}, { store: forgetful }), (error) =>
        hasCode(error, 'verification_failed'),
      );
    });
  });

  describe('a build that is still to be learnt', () => {
    it('is copied while it is learnt, by one HEAD an object', async () => {
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

    it('does not wait with the first objects until the last are known', async () => {
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

  describe('what it takes as known', () => {
    const published = async (): Promise<TestJob> => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
      await copy(job);
      return job;
    };
    const unchanged = async (job: TestJob, known: CopyJob['known']): Promise<number> =>
      (await engine.copy(job, {}, { known })).objects_unchanged;

    it('is nothing where nobody says what wrote there: all is copied, the redirect too', async () => {
      const job = await published();
      assert.deepEqual(await operations(() => engine.copy(job, {}, { known: null })), {
        ListObjectsV2: 2,
        CopyObject: 3,
        PutObject: 1,
      });
    });

    it('is what an earlier attempt at the same build wrote', async () => {
      assert.equal(
        await unchanged(await published(), { hasTarget: true, others: [], isPublished: false }),
        3,
      );
    });

    it('is nothing of what no known build has', async () => {
      const job = await published();
      const other = memoryManifest([]);
      assert.equal(await unchanged(job, { hasTarget: false, others: [other], isPublished: true }), 0);
    });

    it('is nothing of what another build that was tried has with other headers', async () => {
      const job = await published();
      const manifest = await engine.learn(job);
      const recast: ManifestEntry[] = [];
      for await (const entries of manifest.read(null))
        for (const entry of entries)
          recast.push(
            entry.key === 'b.html' ? { ...entry, headers: { system: {}, metadata: { mtime: '1' } } } : entry,
          );
      const others = [manifest, memoryManifest(recast)];
      const log = await store.record(() =>
        engine.copy(job, {}, { known: { hasTarget: true, others, isPublished: true } }),
      );
      assert.deepEqual(copiesOf(log), [`${job.destinationPrefix}b.html`]);
    });

    it('begins where nothing at all is at the destination, before the first write', async () => {
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
      await copy(job, { onEmptyDestination: () => Promise.reject(new Error('it is not empty')) });
      assert.equal(told, 1);
    });
  });

  describe('objects whose copies get other ETags', () => {
    /** A store that answers each copy, and lists it, with an ETag that says nothing of the content. */
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

    it('are remembered: the second time nothing is copied, and the verification compares them', async () => {
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

    it('are remembered when the copy fails after them', async () => {
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

  describe('an object that is not as it was learnt', () => {
    it('ends the copy, for the build has to be learnt again', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.css`, { body: 'one' });
      await engine.learn(job);
      await store.put(`${job.sourcePrefix}a.css`, { body: 'two' });
      await assert.rejects(
        copy(job),
        (error) => hasCode(error, 'source_changed') && error.message.includes('"a.css"'),
      );
      await engine.learn(job);
      await copy(job);
      await assertPublished(job);
    });

    it('ends the copy when it is gone', async () => {
      const job = newJob();
      await store.put(`${job.sourcePrefix}a.css`, { body: 'one' });
      await engine.learn(job);
      await store.delete(`${job.sourcePrefix}a.css`);
      await assert.rejects(copy(job), (error) => hasCode(error, 'source_changed'));
    });
  });
});

function copiesOf(log: readonly LogEntry[]): (string | undefined)[] {
  return log.filter(({ operation }) => operation === 'CopyObject').map(({ key }) => key);
}
