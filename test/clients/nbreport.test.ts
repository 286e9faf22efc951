import assert from 'node:assert/strict';
import { ltdConveyor } from '../../dev/ltd-conveyor.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { oddSite, writeOddSite } from '../support/odd-site.js';
import { bucketEnvironment, keeperEnvironment, runClient } from '../support/python.js';
import { atRest } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

type Json = Readonly<Record<string, unknown>>;

describe('nbreport, by requests and the library of ltd-conveyor 0.4.2', () => {
  let keeper: TestKeeper;
  let printed: { readonly report: Json; readonly instance: Json; readonly build: Json };

  before(async function () {
    this.timeout(300_000); // The first run fetches its packages.
    const { packages } = await ltdConveyor('0.4.2');
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    const product = {
      slug: 'testr-000',
      doc_repo: 'https://github.com/lsst-sqre/testr-000',
      title: 'A report',
      bucket_name: keeper.bucket.name,
      root_domain: 'lsst.io',
      root_fastly_domain: 'n.global-ssl.fastly.net',
      main_mode: 'manual',
    };
    const { accessKeyId: id, secretAccessKey: secret } = keeper.bucket.credentials;
    const env = {
      ...keeperEnvironment(keeper),
      ...bucketEnvironment(keeper),
      ...{ LTD_AWS_ID: id, LTD_AWS_SECRET: secret },
    };
    const args = [JSON.stringify(product), await writeOddSite()];
    printed = (await runClient('nbreport', { packages, args, env })) as typeof printed;
  });

  after(() => keeper.close());

  it('registers a report, reserves an instance, uploads a build and shows it there, in these requests', () => {
    const from = keeper.answers.findIndex(({ method }) => method === 'POST');
    assert.deepEqual(
      keeper.answers.slice(from).map(({ method, path, status }) => `${method} ${path} ${status}`),
      [
        'POST /products/ 201',
        'GET /products/testr-000 200',
        'POST /products/testr-000/editions/ 201',
        'GET /editions/2 200',
        'POST /products/testr-000/builds/ 201',
        'PATCH /builds/1 200',
        'GET /products/testr-000/editions/ 200',
        'GET /editions/2 200',
        'PATCH /editions/2 200',
      ],
    );
  });

  it('gets JSON in every answer, and its new resources at absolute addresses', () => {
    assert.deepEqual([...new Set(keeper.answers.map((answer) => answer.contentType))], ['application/json']);
    assert.deepEqual(
      keeper.answers.flatMap(({ location }) => location ?? []),
      ['/products/testr-000', '/editions/2', '/builds/1', '/builds/1'].map((path) => `${keeper.baseUrl}${path}`),
    );
  });

  it('reads the number of its instance and its published address', () => {
    assert.equal(printed.report['published_url'], 'https://testr-000.lsst.io');
    assert.deepEqual(
      [printed.instance['slug'], printed.instance['published_url'], printed.instance['self_url']],
      ['1', 'https://testr-000.lsst.io/v/1', `${keeper.baseUrl}/editions/2`],
    );
  });

  it('gets no second edition for a build whose git ref is the slug of the instance', async () => {
    const { body } = await keeper.request('GET', '/products/testr-000/editions/');
    assert.equal((body as { editions: string[] }).editions.length, 2);
  });

  it('gets the instance of its report published', async () => {
    const edition = await atRest(keeper, 2);
    assert.equal(edition.published_build_url, printed.build['self_url']);
    for (const [path, content] of Object.entries(oddSite))
      assert.equal(await keeper.bucket.read(`testr-000/v/1/${path}`), content);
  });
});
