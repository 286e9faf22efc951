import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { checkout } from '../../scripts/paths.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';

/** The tables of LTD Keeper 1.23.0 as SQLAlchemy creates them in PostgreSQL, with a row of each kind. */
const keeper = /* sql */ `
  CREATE SCHEMA keeper;
  CREATE TABLE keeper.products (
    id serial PRIMARY KEY, slug varchar(255) NOT NULL UNIQUE, doc_repo varchar(255) NOT NULL,
    title varchar(255) NOT NULL, root_domain varchar(255) NOT NULL, root_fastly_domain varchar(255) NOT NULL,
    bucket_name varchar(255), surrogate_key varchar(32)
  );
  CREATE TABLE keeper.builds (
    id serial PRIMARY KEY, product_id integer REFERENCES keeper.products, slug varchar(255) NOT NULL,
    date_created timestamp NOT NULL, date_ended timestamp, git_refs varchar(2048), github_requester varchar(255),
    uploaded boolean, surrogate_key varchar(32) NOT NULL
  );
  CREATE TABLE keeper.editions (
    id serial PRIMARY KEY, product_id integer REFERENCES keeper.products, build_id integer REFERENCES keeper.builds,
    mode integer, tracked_refs varchar(2048), slug varchar(255) NOT NULL, title varchar(256) NOT NULL,
    date_created timestamp NOT NULL, date_rebuilt timestamp NOT NULL, date_ended timestamp,
    surrogate_key varchar(32), pending_rebuild boolean NOT NULL
  );
  INSERT INTO keeper.products VALUES
    (3, 'pipelines', 'https://github.com/lsst/pipelines', 'Pipelines', 'lsst.io', 'global.ssl.fastly.net',
     'lsst-the-docs',
      '99cdbec63bcd4ba8abd854debee8e6fa');
  INSERT INTO keeper.builds VALUES
    (7, 3, '1', '2019-10-29 14:39:55', NULL, '["main"]', 'jonathansick', true, 'e348dff33ae84824b075989ea8c50f7b'),
    (9, 3, '2', '2019-10-30 14:39:55.25', '2020-01-01', '["tickets/DM-1", "main"]', NULL, false,
      'e348dff33ae84824b075989ea8c50f7c');
  INSERT INTO keeper.editions VALUES
    (4, 3, 7, NULL, '["main"]', 'main', 'Latest', '2019-10-29 14:00:00', '2019-10-29 14:40:10', NULL,
      'e348dff33ae84824b075989ea8c50f7d', false),
    (5, 3, NULL, 6, NULL, 'by-hand', 'By hand', '2019-10-29 14:00:00', '2019-10-29 14:00:00', '2020-01-01',
     NULL, false),
    (8, 3, 7, 2, NULL, 'document', 'Document', '2019-10-29 14:00:00', '2019-10-29 14:00:00', NULL, NULL, true);`;

describe('the SQL of docs/moving-from-ltd-keeper.md', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
    const page = await readFile(join(checkout, 'docs', 'moving-from-ltd-keeper.md'), 'utf8');
    const [, sql = ''] = /```sql\n(.*?)```/s.exec(page) ?? [];
    const client = new pg.Client({ connectionString: api.database.url });
    await client.connect();
    try {
      await client.query(keeper);
      await client.query(sql);
    } finally {
      await client.end();
    }
  });

  after(() => api.close());

  it('moves the products of LTD Keeper 1.x', async () => {
    assert.deepEqual(await get('/products/pipelines'), {
      self_url: `${api.baseUrl}/products/pipelines`,
      slug: 'pipelines',
      doc_repo: 'https://github.com/lsst/pipelines',
      title: 'Pipelines',
      root_domain: 'lsst.io',
      root_fastly_domain: 'global.ssl.fastly.net',
      domain: 'pipelines.lsst.io',
      fastly_domain: 'global.ssl.fastly.net',
      bucket_name: 'lsst-the-docs',
      published_url: 'https://pipelines.lsst.io',
      surrogate_key: '99cdbec63bcd4ba8abd854debee8e6fa',
    });
  });

  it('moves builds and keeps their ids', async () => {
    const common = { product_url: `${api.baseUrl}/products/pipelines`, bucket_name: 'lsst-the-docs' };
    assert.deepEqual(await get('/builds/7'), {
      ...common,
      self_url: `${api.baseUrl}/builds/7`,
      slug: '1',
      date_created: '2019-10-29T14:39:55Z',
      date_ended: null,
      date_abandoned: null,
      uploaded: true,
      bucket_root_dir: 'pipelines/builds/1',
      git_refs: ['main'],
      github_requester: 'jonathansick',
      published_url: 'https://pipelines.lsst.io/builds/1',
      surrogate_key: 'e348dff33ae84824b075989ea8c50f7b',
      objects: null,
      bytes: null,
    });
    const { date_created, date_ended, uploaded, git_refs } = await get('/builds/9');
    assert.deepEqual(
      { date_created, date_ended, uploaded, git_refs },
      {
        date_created: '2019-10-30T14:39:55Z',
        date_ended: '2020-01-01T00:00:00Z',
        uploaded: false,
        git_refs: ['tickets/DM-1', 'main'],
      },
    );
  });

  it('moves editions and keeps their ids and published builds', async () => {
    assert.deepEqual(await get('/editions/4'), {
      self_url: `${api.baseUrl}/editions/4`,
      product_url: `${api.baseUrl}/products/pipelines`,
      build_url: `${api.baseUrl}/builds/7`,
      published_build_url: `${api.baseUrl}/builds/7`,
      mode: 'git_refs',
      tracked_refs: ['main'],
      slug: 'main',
      title: 'Latest',
      published_url: 'https://pipelines.lsst.io',
      date_created: '2019-10-29T14:00:00Z',
      date_rebuilt: '2019-10-29T14:40:10Z',
      date_ended: null,
      surrogate_key: 'e348dff33ae84824b075989ea8c50f7d',
      pending_rebuild: false,
      last_failure: null,
      purge_pending: false,
      purge_error: null,
    });
    const { mode, build_url, date_ended, surrogate_key } = await get('/editions/5');
    assert.deepEqual(
      { mode, build_url, date_ended },
      { mode: 'manual', build_url: null, date_ended: '2020-01-01T00:00:00Z' },
    );
    assert.match(String(surrogate_key), /^[0-9a-f]{32}$/);
  });

  it('marks exactly the unfinished editions of LTD Keeper 1.x for another publication', async () => {
    const rows = await api.knex('editions').where({ dirty: true }).select<{ id: number }[]>('id');
    assert.deepEqual(rows, [{ id: 8 }]);
  });

  it('continues the ids of LTD Keeper 1.x, and applies the rules for slugs', async () => {
    const admin = await api.as('all');
    const slug = await admin
      .post('/products/pipelines/editions/', { slug: 'by-hand', title: 'Again', mode: 'manual' })
      .expect(400);
    assert.match(String(bodyOf(slug)['message']), /slug \(by-hand\) already exists/);
    const build = bodyOf(await admin.post('/products/pipelines/builds/', { git_refs: ['new'] }).expect(201));
    assert.equal(build['self_url'], `${api.baseUrl}/builds/10`);
    assert.equal(build['slug'], '3');
    const { editions } = await get('/products/pipelines/editions/');
    assert.deepEqual(
      editions,
      [4, 8, 9].map((id) => `${api.baseUrl}/editions/${id}`),
    );
    await admin.patch('/editions/4', { build_url: '/builds/7' }).expect(200);
  });

  async function get(path: string): Promise<Record<string, unknown>> {
    return bodyOf(await api.http.get(path).expect(200));
  }
});
