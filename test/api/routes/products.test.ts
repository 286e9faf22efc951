import assert from 'node:assert/strict';
import { Edition } from '../../../src/db/models/edition.js';
import { Product } from '../../../src/db/models/product.js';
import { productBody } from '../../support/products.js';
import { bodyOf, startTestApi, type TestApi, type TestClient } from '../../support/api.js';

describe('the routes of products', () => {
  let api: TestApi;
  let admin: TestClient;

  before(async () => {
    api = await startTestApi({ defaultGitRef: 'trunk' });
    admin = await api.as('product');
  });
  after(() => api.close());

  it('creates a product with its default edition, a task and a dashboard to build', async () => {
    const response = await admin.post('/products/', productBody()).expect(201);
    assert.equal(response.get('location'), `${api.baseUrl}/products/pipelines`);
    assert.match(String(bodyOf(response)['queue_url']), new RegExp(`^${api.baseUrl}/queue/[-0-9a-f]{36}$`));
    const product = await Product.query(api.knex).findOne({ slug: 'pipelines' }).throwIfNotFound();
    const editions = await Edition.query(api.knex).where({ product_id: product.id });
    assert.deepEqual(
      editions.map(({ slug, title, mode, tracked_refs, base_url }) => ({
        slug,
        title,
        mode,
        tracked_refs,
        base_url,
      })),
      [{ slug: 'main', title: 'Latest', mode: 'git_refs', tracked_refs: ['trunk'], base_url: api.baseUrl }],
    );
    const held = await api.knex<{ slug: string; product_id: number }>('held_slugs').where({ product_id: product.id });
    assert.deepEqual(
      held.map(({ slug }) => slug),
      ['main'],
    );
    assert.deepEqual(api.signalled.dashboards.at(-1), {
      productId: product.id,
      productSlug: 'pipelines',
      generation: product.dashboard_generation,
    });
  });

  it('shows a product with exactly the keys of LTD Keeper 1.x', async () => {
    await admin.post('/products/', productBody({ slug: 'shown', root_domain: '.lsst.io' })).expect(201);
    const { surrogate_key: key, ...rest } = bodyOf(await api.http.get('/products/shown').expect(200));
    assert.match(String(key), /^[0-9a-f]{32}$/);
    assert.deepEqual(rest, {
      self_url: `${api.baseUrl}/products/shown`,
      slug: 'shown',
      doc_repo: 'https://github.com/lsst/pipelines_lsst_io.git',
      title: 'LSST Science Pipelines',
      root_domain: 'lsst.io',
      root_fastly_domain: 'global.ssl.fastly.net',
      domain: 'shown.lsst.io',
      fastly_domain: 'global.ssl.fastly.net',
      bucket_name: 'lsst-the-docs',
      published_url: 'https://shown.lsst.io',
    });
  });

  it('lists products in the order of their creation', async () => {
    for (const slug of ['zebra', 'aardvark']) await admin.post('/products/', productBody({ slug })).expect(201);
    const { products } = bodyOf(await api.http.get('/products/').expect(200));
    assert.ok(Array.isArray(products));
    assert.deepEqual(products.slice(-2), [`${api.baseUrl}/products/zebra`, `${api.baseUrl}/products/aardvark`]);
  });

  it('gives the default edition the mode of main_mode, without refs', async () => {
    await admin.post('/products/', productBody({ slug: 'moded', main_mode: 'lsst_doc' })).expect(201);
    const edition = await Edition.query(api.knex)
      .findOne({ slug: 'main' })
      .whereIn('product_id', Product.query(api.knex).where({ slug: 'moded' }).select('id'));
    assert.deepEqual([edition?.mode, edition?.tracked_refs], ['lsst_doc', null]);
  });

  it('changes only doc_repo and title', async () => {
    await admin.post('/products/', productBody({ slug: 'changed' })).expect(201);
    const before = bodyOf(await api.http.get('/products/changed').expect(200));
    const response = await admin
      .patch('/products/changed', { title: 'New', doc_repo: 'x', slug: 'other', root_domain: 'other' })
      .expect(200);
    assert.equal(response.get('location'), `${api.baseUrl}/products/changed`);
    assert.match(String(bodyOf(response)['queue_url']), /\/queue\//);
    const after = bodyOf(await api.http.get('/products/changed').expect(200));
    assert.deepEqual(after, { ...before, title: 'New', doc_repo: 'x' });
  });

  it('names unknown keys in the notices of POST and PATCH', async () => {
    const noticesOf = (response: { readonly body: unknown }): unknown => bodyOf(response)['notices'];
    const made = await admin.post('/products/', productBody({ slug: 'typo', main_mod: 'manual' })).expect(201);
    assert.deepEqual(noticesOf(made), ['Ignored the unknown key "main_mod": did you mean "main_mode"?']);
    const patched = await admin.patch('/products/typo', { titel: 'x' }).expect(200);
    assert.deepEqual(noticesOf(patched), [
      'Ignored the unknown key "titel": did you mean "title"?',
      'Nothing was changed: the body has none of the keys that this request reads (doc_repo, title, bucket_name).',
    ]);
    assert.equal(noticesOf(await admin.patch('/products/typo', { title: 'x' }).expect(200)), undefined);
  });

  it('marks the dashboard dirty at every PATCH, also an empty one', async () => {
    await admin.post('/products/', productBody({ slug: 'unchanged' })).expect(201);
    await admin.patch('/products/unchanged', {}).expect(200);
    assert.equal(api.signalled.dashboards.at(-1)?.generation, 2);
  });

  it('stores the base URL of the latest writing request', async () => {
    await admin.post('/products/', productBody({ slug: 'based' })).expect(201);
    await admin.patch('/products/based', {}).set('Host', 'Keeper.example.org:80').expect(200);
    const product = await Product.query(api.knex).findOne({ slug: 'based' });
    assert.equal(product?.base_url, 'http://keeper.example.org');
  });

  it('refuses a slug that is taken, and changes nothing', async () => {
    await admin.post('/products/', productBody({ slug: 'twice' })).expect(201);
    const before = await rows(api);
    const response = await admin.post('/products/', productBody({ slug: 'twice', title: 'x' })).expect(409);
    assert.deepEqual(response.body, {
      status: 409,
      error: 'conflict',
      message: 'Invalid Product, slug already exists',
    });
    assert.deepEqual(await rows(api), before);
  });

  it('creates one product when two requests use one slug at the same time', async () => {
    const statuses = await Promise.all(
      ['a', 'b'].map((title) => admin.post('/products/', productBody({ slug: 'raced', title }))),
    ).then((responses) => responses.map(({ status }) => status));
    assert.deepEqual(statuses.toSorted(), [201, 409]);
  });

  it('requests the registration of a domain only where that is configured', async () => {
    await admin.post('/products/', productBody({ slug: 'unnamed' })).expect(201);
    assert.deepEqual(api.signalled.domains, []);
    const naming = await startTestApi({ registersDomains: true });
    try {
      await (await naming.as('product')).post('/products/', productBody()).expect(201);
      const product = await Product.query(naming.knex).findById(1);
      assert.equal(product?.domain_record, 'wanted');
      assert.deepEqual(
        naming.signalled.domains.map(({ productId, productSlug }) => [productId, productSlug]),
        [[1, 'pipelines']],
      );
    } finally {
      await naming.close();
    }
    const unnamed = await Product.query(api.knex).findOne({ slug: 'unnamed' });
    assert.equal(unnamed?.domain_record, null);
  });

  it('answers a committed request although Temporal does not answer', async () => {
    const down = await startTestApi({
      registersDomains: true,
      workflows: {
        signalEdition: () => Promise.reject(new Error('down')),
        signalDashboard: () => Promise.reject(new Error('down')),
        signalManifest: () => Promise.reject(new Error('down')),
        startDomain: () => Promise.reject(new Error('down')),
      },
    });
    try {
      await (await down.as('product')).post('/products/', productBody()).expect(201);
      await down.http.get('/products/pipelines').expect(200);
    } finally {
      await down.close();
    }
  });

  const messages: readonly (readonly [what: string, body: object, message: string])[] = [
    ['nothing', {}, 'Invalid Product: missing slug'],
    ['an array', [], 'Invalid Product: the body must be a JSON object'],
    ...(['slug', 'doc_repo', 'title', 'root_domain', 'root_fastly_domain', 'bucket_name'] as const).flatMap(
      (key): [string, object, string][] => {
        const rest = Object.fromEntries(
          Object.entries(productBody({ slug: 'refused' })).filter(([name]) => name !== key),
        );
        return [
          [`no ${key}`, rest, `Invalid Product: missing ${key}`],
          [`a number for ${key}`, { ...rest, [key]: 1 }, `Invalid Product: ${key} must be a string`],
          [`null for ${key}`, { ...rest, [key]: null }, `Invalid Product: ${key} must be a string`],
        ];
      },
    ),
    ...(['doc_repo', 'title', 'root_domain', 'root_fastly_domain', 'bucket_name'] as const).flatMap(
      (key): [string, object, string][] =>
        [
          ['a null character', 'a\0b'],
          ['half a surrogate pair', 'a\ud800b'],
        ].map(([what, value]) => [
          `${what ?? ''} in ${key}`,
          productBody({ slug: 'refused', [key]: value }),
          `Invalid Product: ${key} must not hold null characters or unpaired surrogates`,
        ]),
    ),
    ['an upper-case slug', productBody({ slug: 'Refused' }), 'Invalid slug: Refused'],
    ['a slug of one letter', productBody({ slug: 'a' }), 'Invalid slug: a'],
    ['an empty slug', productBody({ slug: '' }), 'Invalid slug: '],
    ['a slug that climbs', productBody({ slug: '..' }), 'Invalid slug: ..'],
    ['a slug with a null character', productBody({ slug: 'a\0b' }), 'Invalid slug: a\0b'],
    ['no domain', productBody({ root_domain: '..' }), 'Invalid Product: root_domain must not be empty'],
    ['no bucket', productBody({ bucket_name: '' }), 'Invalid Product: bucket_name must not be empty'],
    [
      'an unknown mode',
      productBody({ main_mode: 'x' }),
      "Edition tracking mode 'x' unknown. Valid values are git_refs, lsst_doc, eups_major_release, " +
        'eups_weekly_release, eups_daily_release, manual',
    ],
    ['a mode that is not text', productBody({ main_mode: 1 }), 'Invalid Product: main_mode must be a string'],
  ];
  for (const [what, body, message] of messages) {
    it(`refuses a product with ${what}`, async () => {
      const before = await rows(api);
      const response = await admin.post('/products/', body).expect(400);
      assert.deepEqual(response.body, { status: 400, error: 'bad request', message });
      assert.deepEqual(await rows(api), before);
    });
  }

  it('refuses changes of the wrong type', async () => {
    await admin.post('/products/', productBody({ slug: 'typed' })).expect(201);
    const response = await admin.patch('/products/typed', { title: ['x'] }).expect(400);
    assert.equal(bodyOf(response)['message'], 'Invalid Product: title must be a string');
  });

  it('stores text of any script unchanged', async () => {
    const title = 'Dökumentation 文書 🚀 \u202e \u0007';
    await admin.post('/products/', productBody({ slug: 'scripts', title })).expect(201);
    assert.equal(bodyOf(await api.http.get('/products/scripts').expect(200))['title'], title);
  });

  for (const slug of ['unknown', 'UPPER', '%00', 'a%2Fb', '%ff', '%', 'a'.repeat(4000), 'pipelines%00']) {
    it(`answers 404 for the product ${slug.slice(0, 12)}`, async () => {
      const response = await api.http.get(`/products/${slug}`).expect(404);
      assert.deepEqual(response.body, { status: 404, error: 'not found', message: 'invalid resource URI' });
    });
  }
});

async function rows(api: TestApi): Promise<unknown> {
  const tables = ['products', 'editions', 'tasks', 'held_slugs'];
  return Promise.all(tables.map((table) => api.knex(table).select().orderBy(1)));
}
