import assert from 'node:assert/strict';
import type { LogEntry } from '../../dev/object-store/request-log.js';
import { copyBuild } from '../../src/copy-engine/copy-build.js';
import type { CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import type { CopyCounts } from '../../src/domain/copy-counts.js';
import { editionHeaders } from '../../src/domain/edition-headers.js';
import { hasCode } from '../../src/domain/errors.js';
import { copyJobs, newSite, oddKeys, page, quietControl } from '../support/copy-jobs.js';
import { describeForEachStore, type FoundObject, type TestStore } from '../support/test-store.js';

const motoCannot = {
  keys: [
    'is every object of the build, whatever its key',
    'is nothing but listings and HEADs when everything is right already',
  ],
  log: [
    'goes in order: assets, then pages, then the root page, then the redirect',
    'is only what changed',
    'is one without objects: nothing is written',
  ],
  acls: ['sets the ACL, or none'],
  preconditions: ['is planned once more', 'ends the copy when it goes on changing'],
};

describeForEachStore('copyBuild', motoCannot, (startTestStore) => {
  let store: TestStore;
  let newJob: (changes?: Partial<CopyJob>) => CopyJob;
  before(async () => {
    store = await startTestStore();
    newJob = copyJobs(store.bucket);
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const copy = (job: CopyJob, control: Partial<CopyControl> = {}): Promise<CopyCounts> =>
    copyBuild({ store: store.store }, job, { ...quietControl(), ...control });
  const shown = (objects: Record<string, FoundObject>, job: CopyJob): Record<string, FoundObject> =>
    Object.fromEntries(
      Object.entries(objects).map(([key, { body, headers }]) => [
        key,
        { body, headers: editionHeaders(headers, job) },
      ]),
    );
  const assertPublished = async (job: CopyJob): Promise<void> => {
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
    it('goes in order: assets, then pages, then the root page, then the redirect', async () => {
      const job = newJob();
      const assets = ['a.css', 'z/logo.png', '~last.js', 'index.html.map'];
      const pages = ['0.html', 'index.htm', 'z/index.html', 'Z.HTML', 'zz.xhtml'];
      await store.putSite(job.sourcePrefix, newSite(['index.html', ...pages, ...assets]));
      const log = await store.record(() => copy(job));
      const phaseOf = ({ key = '' }: LogEntry): number => {
        const name = key.slice(job.destinationPrefix.length);
        if (name === '') return 3;
        if (name === 'index.html') return 2;
        return pages.includes(name) ? 1 : 0;
      };
      const writes = log.filter(({ operation }) => operation === 'CopyObject' || operation === 'PutObject');
      assert.equal(writes.length, assets.length + pages.length + 2);
      for (const earlier of writes) {
        for (const later of writes) {
          if (phaseOf(earlier) < phaseOf(later)) assert.ok(earlier.answered < later.arrived, later.key ?? '');
        }
      }
    });

    it('is nothing but listings and HEADs when everything is right already', async () => {
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
        new Set(log.map(({ operation }) => operation)),
        new Set(['ListObjectsV2', 'HeadObject']),
      );
    });

    it('is only what changed', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.html', 'index.html']));
      await copy(job);
      await store.put(`${job.sourcePrefix}b.css`, { body: 'BBBBB' });
      await store.put(`${job.sourcePrefix}new.html`, page('new'));
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
        const run = (acl: CopyJob['acl']): Promise<CopyCounts> =>
          copyBuild({ store: strict.store }, { ...job, acl }, quietControl());
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
      const log = await store.record(() =>
        assert.rejects(
          copy(job),
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
      const mistakes: Partial<CopyJob>[] = [
        { sourcePrefix: 'p/', destinationPrefix: 'p/v/main/' },
        { sourcePrefix: 'p/v/main/', destinationPrefix: 'p/' },
        { destinationPrefix: 'p/v/v1' },
        { sourcePrefix: '' },
        { sourcePrefix: '/' },
      ];
      for (const mistake of mistakes) await assert.rejects(copy(newJob(mistake)), TypeError);
    });
  });

  describe('an object that changes while it is copied', () => {
    /** Changes an object at the moment when its planned copy is about to be sent. */
    const changing = (
      key: string,
      change: () => Promise<void>,
      times = 1,
    ): Partial<CopyControl> & { store: object } => {
      let left = times;
      return {
        store: {
          ...store.store,
          copy: async (request: Parameters<typeof store.store.copy>[0]) => {
            if (request.sourceKey === key && left > 0) {
              left -= 1;
              await change();
            }
            return await store.store.copy(request);
          },
        },
      };
    };

    it('is planned once more', async () => {
      const job = newJob();
      const key = `${job.sourcePrefix}a.css`;
      await store.put(key, { body: 'one' });
      const { store: tampered } = changing(key, () =>
        store.put(key, { body: 'two', headers: { metadata: { v: '2' } } }),
      );
      await copyBuild({ store: { ...store.store, ...tampered } }, job, quietControl());
      await assertPublished(job);
      assert.equal((await store.read(`${job.destinationPrefix}a.css`)).body, 'two');
    });

    it('ends the copy when it goes on changing', async () => {
      const job = newJob();
      const key = `${job.sourcePrefix}a.css`;
      await store.put(key, { body: '0' });
      let version = 0;
      const { store: tampered } = changing(key, () => store.put(key, { body: `${(version += 1)}` }), 2);
      await assert.rejects(
        copyBuild({ store: { ...store.store, ...tampered } }, job, quietControl()),
        (error) => hasCode(error, 'source_changed'),
      );
    });

    it('ends the copy when it is gone', async () => {
      const job = newJob();
      const key = `${job.sourcePrefix}a.css`;
      await store.put(key, { body: '0' });
      const { store: tampered } = changing(key, () => store.delete(key));
      await assert.rejects(
        copyBuild({ store: { ...store.store, ...tampered } }, job, quietControl()),
        (error) => hasCode(error, 'source_changed') && error.message.includes('"a.css"'),
      );
    });
  });
});
