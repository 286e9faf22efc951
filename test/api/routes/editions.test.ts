import assert from 'node:assert/strict';
import { Edition } from '../../../src/db/models/edition.js';
import { lockProductAndEdition } from '../../../src/db/protocol/lock.js';
import { settleGeneration } from '../../../src/db/protocol/settle.js';
import { transaction } from '../../../src/db/transaction.js';
import { bodyOf, startTestApi, type TestApi } from '../../support/api.js';
import {
  createTestProduct,
  editionBody,
  headersOf,
  idOf,
  type Json,
  settle,
  type TestProduct,
} from '../../support/builds.js';

/** Values that are not arrays of strings. */
const wrongRefs: readonly unknown[] = ['main', 5, true, {}, [1], [null], [['main']], ['main', {}]];

describe('the routes of editions', () => {
  let api: TestApi;
  let product: TestProduct;

  before(async () => {
    api = await startTestApi();
    product = await createTestProduct(api);
  });
  after(() => api.close());

  const editions = (): string => `/products/${product.slug}/editions/`;
  let editionsMade = 0;
  const freshSlug = (): string => `fresh-${(editionsMade += 1)}`;

  describe('POST /products/<slug>/editions/', () => {
    it('answers a POST of an edition with 201, its address and its task', async () => {
      const body = editionBody({ slug: 'posted', title: 'Posted', tracked_refs: ['posted', 'too'] });
      const response = await product.admin.post(editions(), body).expect(201);
      const id = idOf(headersOf(response)['location']);
      assert.equal(headersOf(response)['location'], `${api.baseUrl}/editions/${id}`);
      assert.deepEqual(Object.keys(bodyOf(response)), ['queue_url']);
      const { surrogate_key: key, date_created: created, date_rebuilt: rebuilt, ...rest } = await product.show(id);
      assert.match(String(key), /^[0-9a-f]{32}$/);
      for (const date of [created, rebuilt]) assert.match(String(date), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.deepEqual(rest, {
        self_url: `${api.baseUrl}/editions/${id}`,
        product_url: `${api.baseUrl}/products/${product.slug}`,
        build_url: null,
        published_build_url: null,
        last_failure: null,
        mode: 'git_refs',
        tracked_refs: ['posted', 'too'],
        slug: 'posted',
        title: 'Posted',
        published_url: `https://${product.slug}.lsst.io/v/posted`,
        date_ended: null,
        pending_rebuild: false,
        purge_pending: false,
        purge_error: null,
      });
    });

    it('creates an edition with the next number for any true value of autoincrement', async () => {
      const own = await createTestProduct(api);
      const made: unknown[] = [];
      for (const autoincrement of [true, 'True', 1, 'no', ['x'], { a: 1 }]) {
        const id = await own.edition({ autoincrement, mode: 'manual', slug: 'ignored', title: 'ignored' });
        const { slug, title, mode } = await own.show(id);
        made.push([slug, title, mode]);
      }
      assert.deepEqual(
        made,
        ['1', '2', '3', '4', '5', '6'].map((number) => [number, number, 'manual']),
      );
    });

    for (const autoincrement of [false, null, 0, '', [], {}]) {
      it(`treats autoincrement: ${JSON.stringify(autoincrement)} as absent`, async () => {
        const response = await product.admin.post(editions(), { autoincrement, mode: 'manual' }).expect(400);
        assert.equal(bodyOf(response)['message'], 'Invalid Edition: missing slug');
      });
    }

    it('stores and shows refs only in the mode git_refs', async () => {
      const id = await product.edition({ slug: freshSlug(), mode: 'lsst_doc', tracked_refs: ['main'] });
      const { tracked_refs: refs, mode } = await product.show(id);
      assert.deepEqual([mode, refs], ['lsst_doc', null]);
      assert.equal((await Edition.query(api.knex).findById(id))?.tracked_refs, null);
      await product.edition({ slug: freshSlug(), mode: 'manual', tracked_refs: null });
    });

    it('shows the named build of a new edition at once', async () => {
      const build = await product.upload('named');
      for (const url of [`${api.baseUrl}/builds/${build}`, `/builds/${build}`]) {
        const id = await product.edition({ slug: freshSlug(), mode: 'manual', build_url: url });
        const { build_url: declared, pending_rebuild: pending } = await product.show(id);
        assert.deepEqual([declared, pending], [`${api.baseUrl}/builds/${build}`, true]);
      }
    });

    it('answers 403 to a POST by a user who may not administer editions, and 404 for an unknown product', async () => {
      await api.http.post(editions()).send([]).expect(401);
      await (await api.as('product,upload,deprecate')).post(editions(), []).expect(403);
      await (await api.as('edition')).post('/products/nope/editions/', []).expect(404);
      await (await api.as('edition')).post(editions(), editionBody({ slug: freshSlug() })).expect(201);
    });

    const refused: readonly (readonly [what: string, body: unknown, message: string | RegExp])[] = [
      ['an array', [], 'Invalid Edition: the body must be a JSON object'],
      ['no slug', { title: 'x', tracked_refs: ['x'] }, 'Invalid Edition: missing slug'],
      ['no title', { slug: 'x', tracked_refs: ['x'] }, 'Invalid Edition: missing title'],
      ['no refs', { slug: 'x', title: 'x' }, 'Invalid Edition: missing tracked_refs'],
      ['no refs in null', editionBody({ slug: 'x', tracked_refs: null }), 'Invalid Edition: missing tracked_refs'],
      ...wrongTexts('slug').map(wrong),
      ...wrongTexts('title').map(wrong),
      ...wrongTexts('mode').map(wrong),
      ...wrongTexts('build_url').map(wrong),
      ...wrongRefs.map((refs) =>
        wrong(['tracked_refs', refs, 'Invalid Edition: tracked_refs must be an array of strings']),
      ),
      wrong(['tracked_refs', [], 'Invalid Edition: tracked_refs must not be empty']),
      wrong([
        'tracked_refs',
        ['\0'],
        'Invalid Edition: tracked_refs must not hold null characters or unpaired surrogates',
      ]),
      wrong(['title', 'half a \ud83d', 'Invalid Edition: title must not hold null characters or unpaired surrogates']),
      ...['', '.', '..', 'a/b', '../x', 'ä', 'index.html', 'switcher.json', '\0', '\udc00'].map((slug) =>
        wrong(['slug', slug, `Invalid slug: ${slug}`]),
      ),
      wrong([
        'mode',
        'x\0',
        "Edition tracking mode 'x\0' unknown. Valid values are git_refs, lsst_doc, eups_major_release, " +
          'eups_weekly_release, eups_daily_release, manual',
      ]),
      ...['https://example.com/builds/1', '/nowhere', '', '\0', '\ud800'].map((url) =>
        wrong(['build_url', url, url === '' ? 'Invalid build_url: ' : `Invalid URL: ${url}`]),
      ),
      ...['/editions/1', '/builds/999999', `/builds/${'9'.repeat(30)}`, '/builds/0'].map((url) =>
        wrong(['build_url', url, `Invalid build_url: ${url}`]),
      ),
      wrong(['slug', 'main', 'Invalid edition: slug (main) already exists']),
    ];
    for (const [what, body, message] of refused) {
      it(`refuses an edition with ${what}, and changes nothing`, async () => {
        const before = await rows(api);
        const response = await product.admin.post(editions(), body as object).expect(400);
        assert.deepEqual(response.body, { status: 400, error: 'bad request', message });
        assert.deepEqual(await rows(api), before);
      });
    }

    it('refuses a build that is not uploaded, deprecated or of another product, and creates no edition', async () => {
      const other = await createTestProduct(api);
      const [registered, deprecated, foreign] = [
        await product.register('a'),
        await product.upload('b'),
        await other.upload('c'),
      ];
      await product.admin.delete(`/builds/${deprecated}`).expect(200);
      const before = await rows(api);
      const message = async (build: number): Promise<unknown> => {
        const body = editionBody({ slug: freshSlug(), build_url: `/builds/${build}` });
        return bodyOf(await product.admin.post(editions(), body).expect(400))['message'];
      };
      assert.equal(await message(registered), `Build has not been uploaded: ${api.baseUrl}/builds/${registered}`);
      assert.equal(await message(deprecated), `Build was deprecated: ${api.baseUrl}/builds/${deprecated}`);
      assert.equal(await message(foreign), `Invalid build_url: /builds/${foreign}`);
      assert.deepEqual(await rows(api), before);
    });
  });

  describe('GET /products/<slug>/editions/', () => {
    it('lists the editions that are not deprecated, in order', async () => {
      const own = await createTestProduct(api);
      const ids = [await own.edition({ slug: 'z' }), await own.edition({ slug: 'a' })];
      await own.admin.delete(`/editions/${ids[0]}`).expect(200);
      assert.deepEqual(bodyOf(await api.http.get(`/products/${own.slug}/editions/`).expect(200)), {
        editions: [own.main, ids[1]].map((id) => `${api.baseUrl}/editions/${id}`),
      });
    });

    it('lists no editions for an unknown product', async () => {
      for (const slug of ['nope', '%00', '%F0%9F%98%80'])
        assert.deepEqual(bodyOf(await api.http.get(`/products/${slug}/editions/`).expect(200)), {
          editions: [],
        });
    });
  });

  describe('GET /editions/<id>', () => {
    it('shows an edition, also a deprecated one', async () => {
      const id = await product.edition({ slug: freshSlug() });
      await product.admin.delete(`/editions/${id}`).expect(200);
      assert.match(String((await product.show(id))['date_ended']), /Z$/);
    });

    it('shows the default edition at the address of its product', async () => {
      assert.equal((await product.show())['published_url'], `https://${product.slug}.lsst.io`);
    });

    it('answers 404 for an id that no edition has', async () => {
      for (const id of ['0', '999999', '2147483648', '9'.repeat(40), '-1', '1.0', 'x', '1e3'])
        await api.http.get(`/editions/${id}`).expect(404);
    });
  });

  describe('PATCH /editions/<id>', () => {
    it('answers a PATCH of an edition with 200, the whole edition and the task, without an address', async () => {
      const id = await product.edition({ slug: freshSlug() });
      const response = await product.admin.patch(`/editions/${id}`, { title: 'Täglich 😀' }).expect(200);
      const { queue_url: queue, ...edition } = bodyOf(response);
      assert.match(String(queue), new RegExp(`^${api.baseUrl}/queue/[-0-9a-f]{36}$`));
      assert.equal(headersOf(response)['location'], undefined);
      assert.deepEqual(edition, await product.show(id));
      assert.equal(edition['title'], 'Täglich 😀');
    });

    it('answers 403 to a PATCH by a user who may not administer editions, and 404 for an unknown edition', async () => {
      await api.http.patch(`/editions/${product.main}`).send({}).expect(401);
      await (await api.as('product,upload,deprecate')).patch(`/editions/${product.main}`, []).expect(403);
      await product.admin.patch('/editions/999999', []).expect(404);
      await product.admin.patch(`/editions/${'9'.repeat(30)}`, []).expect(404);
    });

    it('refuses a build while a rebuild is pending, and names the task of that rebuild', async () => {
      const id = await product.edition({ slug: freshSlug(), tracked_refs: ['pending'] });
      const build = await product.upload('pending');
      const { body } = (await product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200)) as {
        body: Json;
      };
      const response = await product.admin.patch(`/editions/${id}`, { build_url: `/builds/${build}` }).expect(409);
      assert.deepEqual(response.body, {
        status: 409,
        error: 'conflict',
        message: 'This edition already has a pending rebuild, this request will not be accepted.',
        queue_url: body['queue_url'],
      });
    });

    const refused: readonly (readonly [what: string, body: unknown, message: string])[] = [
      ['an array', [], 'Invalid Edition: the body must be a JSON object'],
      ...[...wrongTexts('slug'), ...wrongTexts('title'), ...wrongTexts('mode'), ...wrongTexts('build_url')].map(
        ([key, value, message]) => [`${key} ${JSON.stringify(value)}`, { [key]: value }, message] as const,
      ),
      ...[...wrongRefs, null].map(
        (refs) =>
          [
            `tracked_refs ${JSON.stringify(refs)}`,
            { tracked_refs: refs },
            'Invalid Edition: tracked_refs must be an array of strings',
          ] as const,
      ),
      ['no refs at all', { tracked_refs: [] }, 'Invalid Edition: tracked_refs must not be empty'],
      ...['true', 'false', 0, 1, null, [], {}].map(
        (pending) =>
          [
            `pending_rebuild ${JSON.stringify(pending)}`,
            { pending_rebuild: pending },
            'Invalid Edition: pending_rebuild must be true or false',
          ] as const,
      ),
      ...['', '..', 'a/b', 'ä', 'index.html'].map(
        (slug) => [`the slug ${JSON.stringify(slug)}`, { slug }, `Invalid slug: ${slug}`] as const,
      ),
      ['the slug of another edition', { slug: 'posted' }, 'Invalid edition: slug (posted) already exists'],
      [
        'a mode that does not exist',
        { mode: 'git_ref' },
        "Edition tracking mode 'git_ref' unknown. Valid values are git_refs, lsst_doc, eups_major_release, " +
          'eups_weekly_release, eups_daily_release, manual',
      ],
      ['another host', { build_url: 'http://127.0.0.1:1/builds/1' }, 'Invalid URL: http://127.0.0.1:1/builds/1'],
      ['a build_url that names no build', { build_url: '/products/' }, 'Invalid build_url: /products/'],
      [
        'a rebuild without a build',
        { pending_rebuild: true },
        'Invalid Edition: pending_rebuild must not be true, for the edition has no build. Send a build_url.',
      ],
    ];
    for (const [what, body, message] of refused) {
      it(`refuses a PATCH with ${what}, and changes nothing`, async () => {
        const before = await rows(api);
        // The first keys are valid: the PATCH changes all or nothing.
        const change = Array.isArray(body) ? body : { title: 'Changed', ...(body as object) };
        const response = await product.admin.patch(`/editions/${product.main}`, change).expect(400);
        assert.deepEqual(response.body, { status: 400, error: 'bad request', message });
        assert.deepEqual(await rows(api), before);
      });
    }
  });

  describe('DELETE /editions/<id>', () => {
    it('answers each DELETE of an edition with the task', async () => {
      const id = await product.edition({ slug: freshSlug() });
      for (let time = 0; time < 2; time += 1) {
        const response = await product.admin.delete(`/editions/${id}`).expect(200);
        assert.deepEqual(Object.keys(bodyOf(response)), ['queue_url']);
      }
    });

    it('answers 403 to a DELETE by a user who may not administer editions, and 404 for an unknown one', async () => {
      await api.http.delete(`/editions/${product.main}`).expect(401);
      await (await api.as('product,upload,deprecate')).delete(`/editions/${product.main}`).expect(403);
      await product.admin.delete('/editions/999999').expect(404);
    });
  });

  describe('the default edition', () => {
    it('keeps the slug of the default edition unless the request forces another one', async () => {
      const own = await createTestProduct(api);
      const refused = bodyOf(await own.admin.patch(`/editions/${own.main}`, { slug: 'other' }).expect(409));
      assert.match(String(refused['message']), /^Invalid edition: "main" is the default edition.*"force": true/);
      assert.equal((await own.show())['slug'], 'main');
      const changed = await own.admin.patch(`/editions/${own.main}`, { slug: 'other', force: true }).expect(200);
      assert.equal(bodyOf(changed)['slug'], 'other');
    });

    it("accepts the default edition's own slug, and every other change", async () => {
      const own = await createTestProduct(api);
      await own.admin.patch(`/editions/${own.main}`, { slug: 'main', title: 'Newest' }).expect(200);
    });

    it('deprecates the default edition only when the request forces it, and then each time', async () => {
      const own = await createTestProduct(api);
      const refused = bodyOf(await own.admin.delete(`/editions/${own.main}`).expect(409));
      assert.match(String(refused['message']), /^Invalid edition: "main" is the default edition.*\?force=true/);
      assert.equal((await own.show())['date_ended'], null);
      await own.admin.delete(`/editions/${own.main}?force=yes`).expect(400);
      await own.admin.delete(`/editions/${own.main}?force=false`).expect(409);
      await own.admin.delete(`/editions/${own.main}?force=true`).expect(200);
      assert.notEqual((await own.show())['date_ended'], null);
      await own.admin.delete(`/editions/${own.main}`).expect(200);
    });
  });

  it('names unknown keys in the notices of POST and PATCH', async () => {
    const noticesOf = (response: { readonly body: unknown }): unknown => bodyOf(response)['notices'];
    const body = editionBody({ slug: 'typo', tracked_ref: ['typo'] });
    assert.deepEqual(noticesOf(await product.admin.post(editions(), body).expect(201)), [
      'Ignored the unknown key "tracked_ref": did you mean "tracked_refs"?',
    ]);
    const patched = await product.admin.patch(`/editions/${product.main}`, { titel: 'x', Mode: 'manual' }).expect(200);
    assert.deepEqual(noticesOf(patched), [
      'Ignored the unknown key "titel": did you mean "title"?',
      'Ignored the unknown key "Mode": did you mean "mode"?',
      'Nothing was changed: the body has none of the keys that this request reads ' +
        '(tracked_refs, mode, title, build_url, slug, pending_rebuild, force).',
    ]);
    const known = await product.admin.patch(`/editions/${product.main}`, { title: 'Latest' }).expect(200);
    assert.equal(noticesOf(known), undefined);
  });

  it('shows why the last rebuild failed until another one ends differently', async () => {
    const own = await createTestProduct(api);
    const build = await own.upload('main');
    assert.equal((await own.show())['last_failure'], null);
    await transaction(api.knex, async (trx) => {
      const { edition } = await lockProductAndEdition(trx, own.main);
      await settleGeneration(trx, { edition, generation: 1, outcome: 'failed', error: 'no such bucket' });
    });
    const { last_failure: failure } = await own.show();
    const { date, ...rest } = failure as Json;
    assert.match(String(date), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(rest, { build_url: `${api.baseUrl}/builds/${build}`, error: 'no such bucket' });
    const dashboard = bodyOf(await api.http.get(`/products/${own.slug}/dashboard`).expect(200));
    assert.deepEqual((dashboard['editions'] as Json[])[0]?.['last_failure'], failure);
    await own.admin.patch(`/editions/${own.main}`, { pending_rebuild: true }).expect(200);
    assert.deepEqual((await own.show())['last_failure'], failure);
    await settle(api.knex, own.main);
    assert.equal((await own.show())['last_failure'], null);
  });

  it('shows both builds while the declared one is not yet published', async () => {
    const own = await createTestProduct(api);
    const first = await own.upload('main');
    await settle(api.knex, own.main);
    await Edition.query(api.knex).findById(own.main).patch({ published_build_id: first });
    const second = await own.upload('main');
    const { build_url: declared, published_build_url: published } = await own.show();
    assert.deepEqual([declared, published], [`${api.baseUrl}/builds/${second}`, `${api.baseUrl}/builds/${first}`]);
  });
});

type Wrong = readonly [key: string, value: unknown, message: string];

/** A case whose body has one wrong value. */
function wrong([key, value, message]: Wrong): readonly [string, Json, string] {
  return [`${key} ${JSON.stringify(value)}`, editionBody({ slug: 'refused', [key]: value }), message];
}

function wrongTexts(key: string): Wrong[] {
  return [null, 5, true, [], {}].map((value) => [key, value, `Invalid Edition: ${key} must be a string`]);
}

/** The rows that a request could have changed. */
async function rows({ knex }: TestApi): Promise<unknown> {
  const counts = await Promise.all(['builds', 'held_slugs', 'rebuilds', 'tasks'].map((table) => knex(table).count()));
  return [counts, await knex('editions').orderBy('id')];
}
