import assert from 'node:assert/strict';
import { Build } from '../../src/db/models/build.js';
import { Edition } from '../../src/db/models/edition.js';
import { Product } from '../../src/db/models/product.js';
import { LtdError } from '../../src/domain/errors.js';
import { filenameVariable } from '../../src/domain/upload-directories.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct, headersOf, idOf, type Json, settle, vacate } from '../support/builds.js';

describe('registerBuild', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const slugOf = async (id: number): Promise<string | undefined> => (await Build.query(api.knex).findById(id))?.slug;
  const editionsOf = async (slug: string): Promise<Edition[]> =>
    Edition.query(api.knex).whereIn('product_id', Product.query(api.knex).where({ slug }).select('id')).orderBy('id');

  describe('numbers of builds', () => {
    it('numbers builds from 1 and skips numbers that are taken, also by deprecated builds', async () => {
      const product = await createTestProduct(api);
      const path = `/products/${product.slug}/builds/`;
      for (const slug of ['2', '02', 'x']) await product.admin.post(path, { git_refs: ['main'], slug }).expect(201);
      const first = await product.register('main');
      await product.admin.delete(`/builds/${first}`).expect(200);
      const third = await product.register('main');
      assert.deepEqual([await slugOf(first), await slugOf(third)], ['1', '3']);
    });

    it('gives a different number to each of 20 builds at once', async () => {
      const product = await createTestProduct(api);
      const ids = await Promise.all(Array.from({ length: 20 }, () => product.register('main')));
      const slugs = await Promise.all(ids.map(slugOf));
      assert.deepEqual(
        slugs.map(Number).toSorted((one, other) => one - other),
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });
  });

  it('registers one of two builds that request the same slug at once', async () => {
    const product = await createTestProduct(api);
    const responses = await Promise.all(
      [1, 2].map(() => product.admin.post(`/products/${product.slug}/builds/`, { git_refs: ['main'], slug: 'raced' })),
    );
    assert.deepEqual(responses.map(({ status }) => status).toSorted(), [201, 400]);
  });

  describe('editions for new refs', () => {
    it('creates an edition for refs that none tracks, named after them', async () => {
      const product = await createTestProduct(api);
      for (const refs of [['tickets/DM-1234'], ['feature/x'], ['a', 'b']]) await product.register(...refs);
      const made = (await editionsOf(product.slug)).slice(1);
      assert.deepEqual(
        made.map(({ slug, title, mode, tracked_refs: refs, base_url: base }) => [slug, title, mode, refs, base]),
        [
          ['DM-1234', 'DM-1234', 'git_refs', ['tickets/DM-1234'], api.baseUrl],
          ['feature-x', 'feature-x', 'git_refs', ['feature/x'], api.baseUrl],
          ['a-b', 'a-b', 'git_refs', ['a', 'b'], api.baseUrl],
        ],
      );
    });

    it('creates one edition for two builds of a new branch at once', async () => {
      const product = await createTestProduct(api);
      await Promise.all([product.register('branch'), product.register('branch')]);
      assert.deepEqual(
        (await editionsOf(product.slug)).map(({ slug }) => slug),
        ['main', 'branch'],
      );
    });

    it('creates no edition when one of any mode stores the refs', async () => {
      const product = await createTestProduct(api);
      const id = await product.edition({ slug: 'stores', tracked_refs: ['stored'] });
      await product.admin.patch(`/editions/${id}`, { mode: 'manual' }).expect(200);
      await product.register('stored');
      assert.equal((await editionsOf(product.slug)).length, 2);
    });

    it('creates no edition for a user who may only upload', async () => {
      const product = await createTestProduct(api);
      const uploader = await api.as('upload');
      const response = await uploader.post(`/products/${product.slug}/builds/`, { git_refs: ['branch'] }).expect(201);
      assert.match(String(bodyOf(response)['notices']), /^No edition tracks .* You may not administer editions/);
      assert.equal((await editionsOf(product.slug)).length, 1);
    });

    it('registers the build without an edition when its slug is taken or invalid', async () => {
      const product = await createTestProduct(api);
      await product.edition({ slug: 'a-b', tracked_refs: ['other'] });
      for (const refs of [['a/b'], ['a', 'b'], ['c++'], ['..'], [''], ['x'.repeat(300)]])
        await product.register(...refs);
      assert.equal((await editionsOf(product.slug)).length, 2);
    });

    it('registers the build without an edition while its slug is being vacated', async () => {
      const product = await createTestProduct(api);
      const renamed = await product.edition({ slug: 'old', tracked_refs: ['published'] });
      await product.upload('published');
      await product.admin.patch(`/editions/${renamed}`, { slug: 'new' }).expect(200);
      await product.register('old');
      assert.equal((await editionsOf(product.slug)).length, 2);
      await settle(api.knex, renamed);
      await vacate(api.knex, renamed);
      await product.register('old');
      assert.deepEqual(
        (await editionsOf(product.slug)).map(({ slug }) => slug),
        ['main', 'new', 'old'],
      );
    });
  });

  describe('refs that only a deprecated edition tracks', () => {
    it('revives the deprecated edition for a user who may administer editions', async () => {
      const product = await createTestProduct(api);
      await product.register('branch');
      const [, edition] = await editionsOf(product.slug);
      await product.admin.delete(`/editions/${edition?.id}`).expect(200);
      await product.register('branch');
      const [, revived, ...more] = await editionsOf(product.slug);
      assert.deepEqual([revived?.id, revived?.date_ended, more], [edition?.id, null, []]);
      // Its objects may be partly deleted, so a worker has to check them at once.
      assert.equal(api.signalled.editions.at(-1)?.editionId, edition?.id);
      await product.upload('branch');
      assert.equal((await product.show(edition?.id))['pending_rebuild'], true);
    });

    it('tells a user who may only upload that the edition is deprecated', async () => {
      const product = await createTestProduct(api);
      await product.register('branch');
      const [, edition] = await editionsOf(product.slug);
      await product.admin.delete(`/editions/${edition?.id}`).expect(200);
      const uploader = await api.as('upload');
      const response = await uploader.post(`/products/${product.slug}/builds/`, { git_refs: ['branch'] }).expect(201);
      const notices = bodyOf(response)['notices'] as string[];
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? '', /^Only the deprecated edition 'branch' has the git refs \["branch"\]/);
      const [, still] = await editionsOf(product.slug);
      assert.notEqual(still?.date_ended, null);
      // Repeated at the upload, where a client waits for the build to appear.
      const build = idOf(headersOf(response)['location']);
      const uploaded = await uploader.patch(`/builds/${build}`, { uploaded: true }).expect(200);
      assert.equal((bodyOf(uploaded)['notices'] as string[]).length, 1);
    });
  });

  it('stores the base URL of the request', async () => {
    const product = await createTestProduct(api);
    await product.admin
      .post(`/products/${product.slug}/builds/`, { git_refs: ['new'] })
      .set('Host', 'keeper.example.org')
      .expect(201);
    const [, edition] = await editionsOf(product.slug);
    const row = await Product.query(api.knex).findOne({ slug: product.slug });
    assert.deepEqual([row?.base_url, edition?.base_url], ['http://keeper.example.org', 'http://keeper.example.org']);
  });

  it('registers nothing when uploads cannot be signed', async () => {
    const broken = await startTestApi({
      uploads: {
        prepare: () =>
          Promise.reject(new LtdError('store_unavailable', 'There are no credentials to sign uploads with.')),
      },
    });
    try {
      const product = await createTestProduct(broken);
      const path = `/products/${product.slug}/builds/`;
      await product.admin
        .post(path, { git_refs: ['branch'] })
        .set('Accept', 'application/vnd.ltdkeeper.v2+json')
        .expect(503);
      assert.deepEqual(bodyOf(await product.admin.get(path).expect(200)), { builds: [] });
      assert.equal(await Edition.query(broken.knex).resultSize(), 1);
    } finally {
      await broken.close();
    }
  });

  describe('while uploads are signed', () => {
    /** The work to do when the next registration signs its uploads. */
    let whileSigning: () => Promise<void> = () => Promise.resolve();
    let signing: TestApi;

    before(async () => {
      signing = await startTestApi({
        uploads: {
          async prepare(bucket) {
            const sign = await api.deps.uploads.prepare(bucket);
            return async (request) => {
              await whileSigning();
              return sign(request);
            };
          },
        },
      });
    });
    after(() => signing.close());

    it('holds no transaction while it signs, so that others register builds of the product', async () => {
      const product = await createTestProduct(signing);
      let others: number[] = [];
      let transactions: unknown;
      whileSigning = async () => {
        const { rows } = await signing.knex.raw<{ rows: readonly unknown[] }>(
          `SELECT state, query FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
        );
        transactions = rows;
        others = await Promise.all(Array.from({ length: 5 }, () => product.register('main')));
      };
      const answer = await product.admin
        .post(`/products/${product.slug}/builds/`, { git_refs: ['main'], directories: ['/', 'a/'] })
        .set('Accept', 'application/vnd.ltdkeeper.v2+json')
        .expect(201);
      assert.deepEqual(transactions, []);
      const slugs = await Promise.all(others.map(async (id) => (await Build.query(signing.knex).findById(id))?.slug));
      assert.deepEqual([bodyOf(answer)['slug'], ...slugs.toSorted()], ['1', '2', '3', '4', '5', '6']);
      assert.deepEqual(Object.keys(bodyOf(answer)['post_prefix_urls'] as object), ['/', 'a/']);
    });
  });

  it('signs the uploads of each of 20 concurrent registrations for its own build', async () => {
    const product = await createTestProduct(api);
    const directories = Array.from({ length: 50 }, (_one, n) => `part-${n}/`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        product.admin
          .post(`/products/${product.slug}/builds/`, { git_refs: ['main'], directories })
          .set('Accept', 'application/vnd.ltdkeeper.v2+json')
          .expect(201),
      ),
    );
    for (const body of answers.map(bodyOf)) {
      const posts = body['post_prefix_urls'] as Record<string, { fields: Record<string, string> }>;
      assert.deepEqual(Object.keys(posts), directories);
      for (const [name, { fields }] of Object.entries(posts))
        assert.deepEqual(
          [fields['key'], fields['x-amz-meta-surrogate-key']],
          [`${String(body['bucket_root_dir'])}/${name}${filenameVariable}`, body['surrogate_key']],
        );
    }
    assert.equal(new Set(answers.map((answer) => bodyOf(answer)['slug'])).size, 20);
  });

  it('registers nothing when the product gets another bucket meanwhile', async () => {
    const moved = await startTestApi({
      folders: {
        isMissing: () => Promise.resolve(false),
        isOccupied: async () => {
          await Product.query(moved.knex).patch({ bucket_name: 'another' });
          return false;
        },
      },
    });
    try {
      const product = await createTestProduct(moved);
      const path = `/products/${product.slug}/builds/`;
      const answer = await product.admin.post(path, { git_refs: ['main'] }).expect(503);
      assert.match(String(bodyOf(answer)['message']), /^The bucket of product ".+" has just been changed/);
      assert.equal((await product.admin.post(path, { git_refs: ['main'] }).expect(201)).status, 201);
      assert.equal(await Build.query(moved.knex).resultSize(), 1);
    } finally {
      await moved.close();
    }
  });

  it('limits the answer for the most directories, with the longest names, to 20 MB', async () => {
    const product = await createTestProduct(api);
    const path = `/products/${product.slug}/builds/`;
    // As many bytes as a request may have.
    const directories = Array.from({ length: 5_000 }, (_one, n) => `${n}-${'x'.repeat(195)}/`);
    const answer = await product.admin
      .post(path, { git_refs: ['main'], directories })
      .set('Accept', 'application/vnd.ltdkeeper.v2+json')
      .expect(201);
    assert.ok(Number(answer.get('content-length')) < 20_000_000, answer.get('content-length'));
  });

  it('registers a build although Temporal does not answer', async () => {
    const down = await startTestApi({
      workflows: {
        signalEdition: () => Promise.reject(new Error('down')),
        signalDashboard: () => Promise.reject(new Error('down')),
        signalManifest: () => Promise.reject(new Error('down')),
        startDomain: () => Promise.reject(new Error('down')),
      },
    });
    try {
      const product = await createTestProduct(down);
      const build = await product.upload('main');
      const shown: Json = await product.show();
      assert.deepEqual([shown['build_url'], shown['pending_rebuild']], [`${down.baseUrl}/builds/${build}`, true]);
    } finally {
      await down.close();
    }
  });
});
