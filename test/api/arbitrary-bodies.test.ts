import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { failuresOf } from '../../src/api/http/implied-failures.js';
import { allRoutes } from '../../src/api/routes/all-routes.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { basic } from '../support/keeper.js';
import { productBody } from '../support/products.js';

/** A route that reads a body, an address of it, and for each key values that clients may send; the first is valid. */
interface Target {
  readonly route: string;
  readonly path: string;
  readonly keys: Readonly<Record<string, readonly unknown[]>>;
}

const modes = ['git_refs', 'lsst_doc', 'manual', 'newest', ''];
const slugs = ['a1', 'v1', 'main', '1', 'A', '..', 'a/b', 'index.html', ''];
const refs = [['main'], ['v1.0'], ['tickets/DM-1', 'main'], [], [''], [1], null];
const buildUrls = ['/builds/1', '/builds/2', '/builds/99', '/editions/1', 'https://elsewhere.example.org/builds/1', ''];
const flags = [true, false, 'True', 'true', 1, 0, null];
const domains = ['lsst.io', '.lsst.io', '.', ''];
const texts = ['Title', '', 'größe 🔭', '\u0000', '\ud800', 'x'.repeat(300)];

const targets: readonly Target[] = [
  {
    route: 'postProduct',
    path: '/products/',
    keys: {
      slug: ['a1', 'b-2', 'pipelines', ...slugs],
      doc_repo: texts,
      title: texts,
      root_domain: domains,
      root_fastly_domain: domains,
      bucket_name: ['bucket', ''],
      main_mode: modes,
    },
  },
  { route: 'patchProduct', path: '/products/pipelines', keys: { doc_repo: texts, title: texts } },
  {
    route: 'postBuild',
    path: '/products/pipelines/builds/',
    keys: {
      git_refs: refs,
      slug: slugs,
      github_requester: [null, ...texts],
      directories: [['/'], ['a', 'a/'], ['${filename}'], [], null],
    },
  },
  { route: 'patchBuild', path: '/builds/1', keys: { uploaded: flags } },
  {
    route: 'postEdition',
    path: '/products/pipelines/editions/',
    keys: {
      slug: slugs,
      title: texts,
      mode: modes,
      tracked_refs: refs,
      build_url: buildUrls,
      autoincrement: flags,
    },
  },
  {
    route: 'patchEdition',
    path: '/editions/1',
    keys: {
      tracked_refs: refs,
      mode: modes,
      title: texts,
      build_url: buildUrls,
      slug: slugs,
      pending_rebuild: flags,
    },
  },
];

/** Any JSON value, and more often objects that are nearly valid. */
function bodies({ keys }: Target): fc.Arbitrary<unknown> {
  const values = Object.entries(keys).map(([key, known]) => [
    key,
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(known[0]) },
      { weight: 3, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: fc.jsonValue({ stringUnit: 'binary' }) },
    ),
  ]);
  const fields = Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>;
  const nearlyRight = fc.oneof(fc.record(fields), fc.record(fields, { requiredKeys: [] }));
  return fc.oneof({ weight: 5, arbitrary: nearlyRight }, { weight: 1, arbitrary: fc.jsonValue() });
}

describe('requests with arbitrary JSON bodies', () => {
  let api: TestApi;
  let authorization: string;

  before(async () => {
    api = await startTestApi();
    authorization = basic(await api.token('all'), '');
    const admin = await api.as('all');
    await admin.post('/products/', productBody()).expect(201);
    await admin.post('/products/pipelines/builds/', { git_refs: ['main'] }).expect(201);
    await admin.post('/products/pipelines/builds/', { git_refs: ['v1.0'] }).expect(201);
  });
  after(() => api.close());

  for (const target of targets) {
    const route = allRoutes.find(({ name }) => name === target.route);
    assert.ok(route?.body !== undefined, target.route);
    const declared = new Set([
      ...Object.keys(route.responses).map(Number),
      ...failuresOf(route).map(({ status }) => status),
    ]);

    it(`answers ${route.method} ${target.path} with its effect, or with an error and no change`, async () => {
      let before = await contentOf(api.knex);
      const seen = new Set<number>();
      const property = fc.asyncProperty(bodies(target), async (body) => {
        const signalled = countWoken(api);
        const response = await fetch(`${api.baseUrl}${target.path}`, {
          method: route.method,
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        const answer: unknown = await response.json();
        const after = await contentOf(api.knex);
        seen.add(response.status);
        assert.ok(response.status !== 500 && declared.has(response.status), JSON.stringify(answer));
        if (response.status >= 400) {
          assertFailure(answer, response.status);
          assert.equal(after, before, 'a refused request changed the database');
          assert.equal(countWoken(api), signalled, 'a refused request signalled a workflow');
        }
        before = after;
      });
      await fc.assert(property, { seed: 20261124, numRuns: 150 });
      // Otherwise most bodies would be too wrong, or too right, to test anything.
      assert.ok([...seen].some((status) => status < 300) && [...seen].some((status) => status >= 400));
    });
  }
});

function countWoken({ signalled }: TestApi): number {
  return signalled.editions.length + signalled.dashboards.length;
}

function assertFailure(answer: unknown, status: number): void {
  assert.ok(typeof answer === 'object' && answer !== null);
  const { queue_url: queueUrl, ...body } = answer as Record<string, unknown>;
  assert.deepEqual(Object.keys(body), ['status', 'error', 'message']);
  assert.equal(body['status'], status);
  // Names the running task when a rebuild is pending.
  if (queueUrl !== undefined) assert.equal(status, 409);
}

/** A digest of every row of every table. */
async function contentOf(knex: Knex): Promise<string> {
  const { rows: tables } = await knex.raw<{ rows: { readonly name: string }[] }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const digests = tables.map(
    ({ name }) => `SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS digest FROM ${name} AS t`,
  );
  const { rows } = await knex.raw<{ rows: unknown[] }>(digests.join(' UNION ALL '));
  return JSON.stringify(rows);
}
