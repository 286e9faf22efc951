import assert from 'node:assert/strict';
import { createManifestStore } from '../../../src/db/manifests/manifest-store.js';
import { Build } from '../../../src/db/models/build.js';
import { Task } from '../../../src/db/models/task.js';
import { bodyOf, startTestApi, type TestApi } from '../../support/api.js';
import { createTestProduct, headersOf, idOf, type Json, type TestProduct } from '../../support/builds.js';

const presigned = 'application/vnd.ltdkeeper.v2+json';

describe('the routes of builds', () => {
  let api: TestApi;
  let product: TestProduct;

  before(async () => {
    api = await startTestApi();
    product = await createTestProduct(api);
  });
  after(() => api.close());

  const builds = (): string => `/products/${product.slug}/builds/`;

  describe('POST /products/<slug>/builds/', () => {
    it('answers a POST of a build with 201, the build, its address and its task', async () => {
      const answer = await product.admin
        .post(builds(), { git_refs: ['main'], slug: 'b1', github_requester: 'jonathansick' })
        .expect(201);
      const { surrogate_key: key, date_created: created, queue_url: queue, ...rest } = bodyOf(answer);
      const id = idOf(answer.headers['location']);
      assert.equal(answer.headers['location'], `${api.baseUrl}/builds/${id}`);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
      assert.match(String(key), /^[0-9a-f]{32}$/);
      assert.match(String(created), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(String(queue), new RegExp(`^${api.baseUrl}/queue/[-0-9a-f]{36}$`));
      assert.deepEqual(rest, {
        self_url: `${api.baseUrl}/builds/${id}`,
        product_url: `${api.baseUrl}/products/${product.slug}`,
        slug: 'b1',
        date_ended: null,
        date_abandoned: null,
        uploaded: false,
        bucket_name: 'lsst-the-docs',
        bucket_root_dir: `${product.slug}/builds/b1`,
        git_refs: ['main'],
        github_requester: 'jonathansick',
        published_url: `https://${product.slug}.lsst.io/builds/b1`,
        objects: null,
        bytes: null,
      });
    });

    it('starts recording the manifest of a build when it is registered', async () => {
      const answer = await product.admin.post(builds(), { git_refs: ['main'], slug: 'learnt' }).expect(201);
      assert.deepEqual(api.signalled.builds.at(-1), {
        buildId: idOf(answer.headers['location']),
        productSlug: product.slug,
        buildSlug: 'learnt',
      });
    });

    it('creates a task with only a dashboard when nothing tracks the build', async () => {
      const body = bodyOf(await product.admin.post(builds(), { git_refs: ['main'] }).expect(201));
      const task = await Task.query(api.knex).findById(idOfTask(body));
      assert.deepEqual(api.signalled.dashboards.at(-1), {
        productId: task?.product_id,
        productSlug: product.slug,
        generation: task?.dashboard_generation,
      });
    });

    it('signs no uploads for a client with its own credentials', async () => {
      const body = bodyOf(
        await product.admin
          .post(builds(), { git_refs: ['main'], directories: ['/'] })
          .set('Accept', 'application/json, */*;q=0.5')
          .expect(201),
      );
      assert.deepEqual(
        Object.keys(body).filter((key) => key.startsWith('post_')),
        [],
      );
    });

    it('signs uploads for each directory under the name that the client sent', async () => {
      const body = bodyOf(
        await product.admin
          .post(builds(), {
            git_refs: ['main'],
            slug: 'signed',
            directories: ['/', 'a/', ' a ', 'a/aa/', '/c/d/'],
          })
          .set('Accept', `text/html;q=0.9, ${presigned}; q=0.1`)
          .expect(201),
      );
      const { post_prefix_urls: prefixes, post_dir_urls: directories, surrogate_key: key } = body as unknown as Signed;
      assert.deepEqual(Object.keys(prefixes), ['/', 'a/', 'a/aa/', '/c/d/']);
      assert.deepEqual(Object.keys(directories), ['/', 'a/', 'a/aa/', '/c/d/']);
      const root = `${product.slug}/builds/signed`;
      assert.equal(prefixes['/']?.url, 'http://store.test:9000/lsst-the-docs');
      assert.equal(prefixes['/'].fields['key'], `${root}/\${filename}`);
      assert.equal(prefixes['/c/d/']?.fields['key'], `${root}/c/d/\${filename}`);
      assert.equal(directories['/']?.fields['key'], root);
      assert.equal(directories['a/aa/']?.fields['key'], `${root}/a/aa`);
      assert.equal(directories['a/']?.fields['x-amz-meta-dir-redirect'], 'true');
      assert.equal(prefixes['a/']?.fields['x-amz-meta-surrogate-key'], key);
      assert.equal(prefixes['a/'].fields['acl'], 'public-read');
      assert.equal(prefixes['a/'].fields['success_action_status'], '204');
    });

    it('signs uploads for the root alone when the request names no directories', async () => {
      const body = bodyOf(
        await product.admin
          .post(builds(), { git_refs: ['main'] })
          .set('Accept', presigned)
          .expect(201),
      );
      assert.deepEqual(Object.keys((body as unknown as Signed).post_prefix_urls), ['/']);
    });

    it('signs uploads for as many directories as a large site has', async () => {
      const directories = Array.from({ length: 1_000 }, (_, number) => `api/${number}/`);
      const response = await product.admin
        .post(builds(), { git_refs: ['main'], directories })
        .set('Accept', presigned)
        .expect(201);
      const { post_prefix_urls: prefixes, post_dir_urls: dirs } = bodyOf(response) as unknown as Signed;
      assert.deepEqual([Object.keys(prefixes), Object.keys(dirs)], [directories, directories]);
    });

    it('answers 404 to a build of an unknown product before it reads the body', async () => {
      for (const slug of ['nope', 'a', '%00', '%F0%9F%98%80', 'x'.repeat(2_000)]) {
        const body = bodyOf(await product.admin.post(`/products/${slug}/builds/`, []).expect(404));
        assert.deepEqual(body, { status: 404, error: 'not found', message: 'invalid resource URI' });
      }
    });

    it('answers 403 to a POST by a user who may not upload', async () => {
      await api.http.post(builds()).send([]).expect(401);
      await (await api.as('product,edition,deprecate,user')).post(builds(), []).expect(403);
      await (await api.as('upload')).post(builds(), { git_refs: ['main'] }).expect(201);
    });

    const refused: readonly (readonly [what: string, body: unknown, message: string | RegExp])[] = [
      ['no refs', {}, 'Invalid Build: missing git_refs'],
      ['an array', [], 'Invalid Build: the body must be a JSON object'],
      ...['main', null, 5, true, {}, [1], [['main']], [null], ['main', {}]].map(
        (refs) =>
          [
            `refs ${JSON.stringify(refs)}`,
            { git_refs: refs },
            'Invalid Build: git_refs must be an array of strings',
          ] as const,
      ),
      ['an empty array of refs', { git_refs: [] }, 'Invalid Build: git_refs must not be empty'],
      ...['\0', 'a\0b', '\ud800', 'x\udc00y'].map(
        (ref) =>
          [
            `the ref ${JSON.stringify(ref)}`,
            { git_refs: [ref] },
            'Invalid Build: git_refs must not hold null characters or unpaired surrogates',
          ] as const,
      ),
      ...[null, 5, true, [], {}].map(
        (slug) =>
          [
            `a slug ${JSON.stringify(slug)}`,
            { git_refs: ['main'], slug },
            'Invalid Build: slug must be a string',
          ] as const,
      ),
      ...['', '.', '..', 'a/b', 'a b', 'ä', 'x\n', 'index.html', 'switcher.json', '\0', '\ud800', '😀'].map(
        (slug) => [`the slug ${JSON.stringify(slug)}`, { git_refs: ['main'], slug }, `Invalid slug: ${slug}`] as const,
      ),
      ['a slug that is too long', { git_refs: ['main'], slug: 'x'.repeat(256) }, /^Invalid slug: x+\.\.\. is too long/],
      ...[5, true, [], {}].map(
        (requester) =>
          [
            `a requester ${JSON.stringify(requester)}`,
            { git_refs: ['main'], github_requester: requester },
            'Invalid Build: github_requester must be a string',
          ] as const,
      ),
      [
        'a requester with a null character',
        { git_refs: ['main'], github_requester: '\0' },
        'Invalid Build: github_requester must not hold null characters or unpaired surrogates',
      ],
      ...['/', null, 5, {}, [1], [null]].map(
        (directories) =>
          [
            `directories ${JSON.stringify(directories)}`,
            { git_refs: ['main'], directories },
            'Invalid Build: directories must be an array of strings',
          ] as const,
      ),
      [
        'too many directories',
        { git_refs: ['main'], directories: Array.from({ length: 5_001 }, (_, number) => `${number}/`) },
        'Invalid Build: directories must not name more than 5000 directories: leave some out, the form of a ' +
          'directory also takes the files below it',
      ],
      [
        'a directory that is too long',
        { git_refs: ['main'], directories: ['x'.repeat(1_100)] },
        /^Invalid directories: "x+\.\.\." is too long/,
      ],
    ];
    for (const [what, body, message] of refused) {
      it(`refuses a build with ${what}, and changes nothing`, async () => {
        const before = await rowCounts(api);
        const answer = await product.admin
          .post(builds(), body as object)
          .set('Accept', presigned)
          .expect(400);
        const { message: said, ...rest } = bodyOf(answer);
        assert.deepEqual(rest, { status: 400, error: 'bad request' });
        if (typeof message === 'string') assert.equal(said, message);
        else assert.match(String(said), message);
        assert.deepEqual(await rowCounts(api), before);
      });
    }

    it('refuses a slug that another build has, also a deprecated one', async () => {
      const created = await product.admin.post(builds(), { git_refs: ['main'], slug: 'twice' }).expect(201);
      const message = 'Invalid Build, slug already exists';
      const again = await product.admin.post(builds(), { git_refs: ['main'], slug: 'twice' }).expect(400);
      assert.deepEqual(again.body, { status: 400, error: 'bad request', message });
      await product.admin.delete(`/builds/${idOf(created.headers['location'])}`).expect(200);
      await product.admin.post(builds(), { git_refs: ['main'], slug: 'twice' }).expect(400);
    });

    it('assigns the next id without a gap after a refusal', async () => {
      const first = await product.register('main');
      const bodies = [
        { git_refs: ['main'], slug: 'twice' },
        { git_refs: ['main'], directories: ['x'.repeat(1_100)] },
      ];
      for (const body of bodies) await product.admin.post(builds(), body).set('Accept', presigned).expect(400);
      assert.equal(await product.register('main'), first + 1);
    });

    it('stores unusual text in a build unchanged', async () => {
      const refs = ['ünïcode/😀', ' space ', '<script>', "'; DROP TABLE builds; --", '', '${filename}', '\u202e'];
      const body = bodyOf(
        await product.admin
          .post(builds(), { git_refs: refs, github_requester: null, unknown: { key: [] } })
          .expect(201),
      );
      assert.deepEqual(body['git_refs'], refs);
    });

    it('accepts a build with 100 refs', async () => {
      const refs = Array.from({ length: 100 }, (_, number) => `ref-${number}`);
      const headers = headersOf(await product.admin.post(builds(), { git_refs: refs }).expect(201));
      const build = await Build.query(api.knex).findById(idOf(headers['location']));
      assert.deepEqual(build?.git_refs, refs);
    });
  });

  describe('GET /products/<slug>/builds/', () => {
    it('lists the builds that are not deprecated, in order', async () => {
      const own = await createTestProduct(api);
      const ids = [await own.register('a'), await own.register('b'), await own.register('c')];
      await own.admin.delete(`/builds/${ids[1]}`).expect(200);
      const body = bodyOf(await api.http.get(`/products/${own.slug}/builds/`).expect(200));
      assert.deepEqual(body, { builds: [ids[0], ids[2]].map((id) => `${api.baseUrl}/builds/${id}`) });
    });

    it('lists no builds for an unknown product', async () => {
      for (const slug of ['nope', 'A', '%00', '..%2f']) {
        const body = bodyOf(await api.http.get(`/products/${slug}/builds/`).expect(200));
        assert.deepEqual(body, { builds: [] });
      }
    });

    it('redirects the list of builds without its slash', async () => {
      const headers = headersOf(await api.http.get(`/products/${product.slug}/builds`).expect(308));
      assert.equal(headers['location'], `${api.baseUrl}${builds()}`);
    });
  });

  describe('GET /builds/<id>', () => {
    it('shows a build, also a deprecated one', async () => {
      const id = await product.register('shown');
      await product.admin.delete(`/builds/${id}`).expect(200);
      const body = bodyOf(await api.http.get(`/builds/${id}`).expect(200));
      const { self_url: self, date_ended: ended } = body;
      assert.equal(self, `${api.baseUrl}/builds/${id}`);
      assert.match(String(ended), /Z$/);
      // The twelve keys of LTD Keeper 1.x, two about the objects in the bucket, and when the upload was abandoned.
      assert.equal(Object.keys(body).length, 15);
    });

    it('shows how much of the build is recorded from the bucket', async () => {
      const build = await product.upload('main');
      const draft = await createManifestStore(api.knex).begin(build);
      const headers = { system: {}, metadata: {} };
      await draft.append([1, 2].map((size) => ({ key: `${size}.html`, etag: 'e', size, headers })));
      await draft.finish({ complete: true });
      const shown = bodyOf(await api.http.get(`/builds/${build}`).expect(200));
      assert.deepEqual([shown['objects'], shown['bytes']], [2, 3]);
      const { builds: listed } = bodyOf(await api.http.get(`/products/${product.slug}/dashboard`).expect(200));
      assert.deepEqual(
        (listed as Json[]).find(({ self_url: url }) => url === shown['self_url']),
        shown,
      );
    });

    it('answers 404 for an id that no build has', async () => {
      for (const id of ['0', '999999', '2147483648', '9'.repeat(40), '-1', '1.0', 'x', '1e3', '%31%2f'])
        await api.http.get(`/builds/${id}`).expect(404);
    });
  });

  describe('PATCH /builds/<id>', () => {
    it('answers a PATCH that completes a build with 200, its address and its task', async () => {
      const id = await product.register('main');
      const response = await product.admin.patch(`/builds/${id}`, { uploaded: true }).expect(200);
      const [headers, body] = [headersOf(response), bodyOf(response)];
      assert.equal(headers['location'], `${api.baseUrl}/builds/${id}`);
      assert.deepEqual(Object.keys(body), ['queue_url']);
      await api.http.get(new URL(String(body['queue_url'])).pathname).expect(200);
    });

    it('answers 403 to a PATCH by a user who may not upload, and 404 for an unknown build', async () => {
      const id = await product.register('main');
      await api.http.patch(`/builds/${id}`).send({ uploaded: true }).expect(401);
      await (await api.as('product,edition,deprecate')).patch(`/builds/${id}`, []).expect(403);
      await product.admin.patch(`/builds/${'9'.repeat(30)}`, []).expect(404);
    });

    for (const [what, type, sent] of [
      ['is right', 'application/json', '{"uploaded":true}'],
      ['says nothing', 'application/json', '{}'],
      ['is not an object', 'application/json', '[]'],
      ['is not JSON', 'application/json', '{"uploaded":'],
      ['has another type', 'text/plain', 'uploaded'],
      ['is too large', 'application/json', JSON.stringify('x'.repeat(1024 * 1024))],
    ] as const)
      it(`answers 404 for a build that does not exist, also when the body ${what}`, async () => {
        const request = api.http.patch('/builds/999999').auth(await api.token('upload'), '');
        const response = await request.set('content-type', type).send(sent).expect(404);
        assert.equal(bodyOf(response)['message'], 'invalid resource URI');
      });

    for (const uploaded of ['true', 1, 0, null, [], {}, [true]]) {
      it(`refuses uploaded: ${JSON.stringify(uploaded)}, and changes nothing`, async () => {
        const id = await product.register('main');
        const before = await rowCounts(api);
        const body = bodyOf(await product.admin.patch(`/builds/${id}`, { uploaded }).expect(400));
        assert.deepEqual(body, {
          status: 400,
          error: 'bad request',
          message: 'Invalid Build: uploaded must be true or false',
        });
        assert.deepEqual(await rowCounts(api), before);
        assert.equal((await Build.query(api.knex).findById(id))?.uploaded, false);
      });
    }

    it('refuses to complete a deprecated build', async () => {
      const id = await product.register('main');
      await product.admin.delete(`/builds/${id}`).expect(200);
      const body = bodyOf(await product.admin.patch(`/builds/${id}`, { uploaded: true }).expect(400));
      assert.equal(body['message'], `Build was deprecated: ${api.baseUrl}/builds/${id}`);
    });

    it('refuses to complete an abandoned build, says what to do, and shows when it was abandoned', async () => {
      const id = await product.register('main');
      await api
        .knex('builds')
        .where({ id })
        .update({ abandoned_at: new Date('2026-11-24T02:26:11Z') });
      const url = `${api.baseUrl}/builds/${id}`;
      const message =
        `Build was abandoned: ${url}. Its upload stood still for too long: ` + 'register a new build and upload that.';
      const body = bodyOf(await product.admin.patch(`/builds/${id}`, { uploaded: true }).expect(400));
      assert.equal(body['message'], message);
      const shown = { build_url: `/builds/${id}` };
      const edition = await product.edition({ slug: 'idle', tracked_refs: ['idle'] });
      const refused = await product.admin.patch(`/editions/${edition}`, shown).expect(400);
      assert.equal(bodyOf(refused)['message'], message);
      const { date_abandoned: date } = bodyOf(await api.http.get(`/builds/${id}`).expect(200));
      assert.equal(date, '2026-11-24T02:26:11Z');
    });

    it('says in the notices that only a deprecated edition tracks the build', async () => {
      const own = await createTestProduct(api);
      const edition = await own.edition({ slug: 'gone', tracked_refs: ['gone'] });
      const id = await own.register('gone');
      await own.admin.delete(`/editions/${edition}`).expect(200);
      const body = bodyOf(await own.admin.patch(`/builds/${id}`, { uploaded: true }).expect(200));
      assert.match(String(body['notices']), /^Only deprecated editions \('gone'\) track this build/);
    });
  });

  describe('notices in answers', () => {
    const noticesOf = (response: { readonly body: unknown }): unknown => bodyOf(response)['notices'];

    it('names the unknown key of a PATCH and the known key that it resembles', async () => {
      const id = await product.register('main');
      assert.deepEqual(noticesOf(await product.admin.patch(`/builds/${id}`, { upload: true }).expect(200)), [
        'Ignored the unknown key "upload": did you mean "uploaded"?',
        'Nothing was changed: the body has none of the keys that this request reads (uploaded).',
      ]);
      assert.equal((await Build.query(api.knex).findById(id))?.uploaded, false);
    });

    it('says that a PATCH without a known key changed nothing', async () => {
      const id = await product.register('main');
      assert.deepEqual(noticesOf(await product.admin.patch(`/builds/${id}`, {}).expect(200)), [
        'Nothing was changed: the body has none of the keys that this request reads (uploaded).',
      ]);
    });

    it('names the unknown key of a POST', async () => {
      const body = { git_refs: ['main'], github_requestor: 'me' };
      assert.deepEqual(noticesOf(await product.admin.post(builds(), body).expect(201)), [
        'Ignored the unknown key "github_requestor": did you mean "github_requester"?',
      ]);
    });

    const nowhere: readonly (readonly [what: string, ref: string, reason: RegExp])[] = [
      ['gives no valid slug', 'feature/Ünïcode', /^No edition tracks .*Ünïcode.* make no slug/],
      ['is empty', '', /^No edition tracks the git refs \[""\].* make no slug/],
      ['gives the slug of another edition', 'taken', /^No edition tracks .* slug "taken" .* is taken/],
    ];
    for (const [what, ref, reason] of nowhere)
      it(`says in answer and task why nothing publishes a build whose ref ${what}`, async () => {
        const own = await createTestProduct(api);
        await own.edition({ slug: 'taken', tracked_refs: ['other'] });
        const registered = await own.admin.post(`/products/${own.slug}/builds/`, { git_refs: [ref] }).expect(201);
        const url = `/builds/${idOf(headersOf(registered)['location'])}`;
        const announced = await own.admin.patch(url, { uploaded: true }).expect(200);
        for (const answer of [registered, announced]) {
          const notices = noticesOf(answer) as string[];
          assert.equal(notices.length, 1);
          assert.match(notices[0] ?? '', reason);
          const task = bodyOf(await api.http.get(new URL(String(bodyOf(answer)['queue_url'])).pathname).expect(200));
          assert.deepEqual((task['metadata'] as Json)['notices'], notices);
        }
      });

    for (const mode of ['manual', 'eups_daily_release'])
      it(`says twice that the edition of the build's refs ignores them in the mode ${mode}`, async () => {
        const own = await createTestProduct(api);
        const edition = await own.edition({ slug: 'frozen', tracked_refs: ['frozen'] });
        await own.admin.patch(`/editions/${edition}`, { mode }).expect(200);
        const body = { git_refs: ['frozen'] };
        const registered = await own.admin.post(`/products/${own.slug}/builds/`, body).expect(201);
        const url = `/builds/${idOf(headersOf(registered)['location'])}`;
        const announced = await own.admin.patch(url, { uploaded: true }).expect(200);
        const reason =
          `The edition 'frozen' has the git refs ["frozen"], but its mode is '${mode}', so it does not follow ` +
          "them and nothing publishes this build. To publish it, set it as the edition's build_url.";
        assert.deepEqual([registered, announced].map(noticesOf), [[reason], [reason]]);
      });

    it('names the edition that already tracks a newer build', async () => {
      const own = await createTestProduct(api);
      const older = await own.register('main');
      await own.upload('main');
      const notices = noticesOf(await own.admin.patch(`/builds/${older}`, { uploaded: true }).expect(200));
      assert.match(String(notices), /^The edition 'main' tracks .* has already followed a newer build/);
    });

    it('says that no edition was created because the user may not administer editions', async () => {
      const uploader = await api.as('upload');
      const body = { git_refs: ['not-made'] };
      assert.match(String(noticesOf(await uploader.post(builds(), body).expect(201))), /^No edition tracks .* may not/);
    });

    it('sends no notices about a build that an edition tracks', async () => {
      const id = await product.register('main');
      assert.equal(noticesOf(await product.admin.patch(`/builds/${id}`, { uploaded: true }).expect(200)), undefined);
    });

    it('accepts the longest ref that git can store, and refuses a longer one and too many', async () => {
      const longest = 'ü'.repeat(2_048);
      await product.admin.post(builds(), { git_refs: [longest] }).expect(201);
      for (const [refs, message] of [
        [[`${longest}x`], 'Invalid Build: git_refs must not hold a ref of more than 4096 bytes'],
        [Array<string>(101).fill('main'), 'Invalid Build: git_refs must not hold more than 100 refs'],
      ] as const)
        assert.equal(bodyOf(await product.admin.post(builds(), { git_refs: refs }).expect(400))['message'], message);
    });
  });

  describe('DELETE /builds/<id>', () => {
    it('answers each DELETE of a build with an empty object, and starts no work', async () => {
      const id = await product.register('main');
      const before = await Task.query(api.knex).resultSize();
      for (let time = 0; time < 2; time += 1) {
        const response = await product.admin.delete(`/builds/${id}`).expect(200);
        const [headers, body] = [headersOf(response), bodyOf(response)];
        assert.deepEqual(body, {});
        assert.equal(headers['location'], undefined);
      }
      assert.equal(await Task.query(api.knex).resultSize(), before);
    });

    it('answers 403 to a DELETE by a user who may not deprecate, and 404 for an unknown build', async () => {
      const id = await product.register('main');
      await api.http.delete(`/builds/${id}`).expect(401);
      await (await api.as('product,edition,upload')).delete(`/builds/${id}`).expect(403);
      await (await api.as('deprecate')).delete('/builds/999999').expect(404);
      await (await api.as('deprecate')).delete(`/builds/${id}`).expect(200);
    });
  });
});

interface Signed {
  readonly surrogate_key: string;
  readonly post_prefix_urls: Record<string, Form>;
  readonly post_dir_urls: Record<string, Form>;
}

interface Form {
  readonly url: string;
  readonly fields: Record<string, string>;
}

function idOfTask(body: unknown): string {
  return (
    String((body as Json)['queue_url'])
      .split('/')
      .at(-1) ?? ''
  );
}

/** The numbers of rows in the tables that a request can write. */
async function rowCounts({ knex }: TestApi): Promise<unknown> {
  const tables = ['builds', 'editions', 'held_slugs', 'rebuilds', 'tasks'];
  return Promise.all(tables.map((table) => knex(table).count()));
}
