import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createKeeperClient } from '../../../dev/client/keeper-client.js';
import { startTestApi, type TestApi } from '../../support/api.js';

const product = {
  slug: 'pipelines',
  title: 'LSST Science Pipelines',
  doc_repo: 'https://github.com/lsst/pipelines_lsst_io.git',
  root_domain: 'lsst.io',
  root_fastly_domain: 'global.ssl.fastly.net',
  bucket_name: 'ltd',
};

const build = { gitRefs: ['main'], directories: ['/'] };

describe('KeeperClient', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
    await api.addUser('ci', 'all');
  });

  after(async () => {
    await api.close();
  });

  it('signs in again when its token has expired, whichever request reports it', async () => {
    const client = createKeeperClient({ url: api.baseUrl, username: 'ci', password: 'pug' });
    await client.createProduct(product);
    // As after a changed password; an hour has the same effect.
    await api.knex('users').where({ username: 'ci' }).update({ token_key: randomUUID() });
    const lists = await Promise.all([client.editions('pipelines'), client.registerBuild('pipelines', build)]);
    assert.equal(lists[0][0]?.slug, 'main');
    await client.registerBuild('pipelines', build);
  });

  it('fails when the user may not sign in', async () => {
    const client = createKeeperClient({ url: api.baseUrl, username: 'ci', password: 'cat' });
    await assert.rejects(client.createProduct(product), /GET .*\/token answered 401/);
  });
});
