import assert from 'node:assert/strict';
import { pythonPackages } from '../../dev/python-packages.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { keeperEnvironment, runClient } from '../support/python.js';
import { announce, makeBuild, makeProduct, type ScenarioBuild, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const modes = ['lsst_doc', 'eups_major_release', 'eups_weekly_release', 'eups_daily_release', 'manual'];

describe('clients that read the API without credentials', () => {
  let keeper: TestKeeper;
  let packages: string;
  let build: ScenarioBuild;

  before(async function () {
    this.timeout(300_000); // The first run fetches their packages.
    packages = await pythonPackages('http-clients');
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, 'pipelines');
    build = await makeBuild(keeper, 'pipelines', { 'index.html': 'Home' });
    await taskEnd(keeper, await announce(keeper, build));
    for (const mode of modes) {
      const edition = { slug: mode.replaceAll('_', '-'), title: mode, mode };
      const { status } = await keeper.request('POST', '/products/pipelines/editions/', edition);
      assert.equal(status, 201);
    }
    // A product that shows nothing yet.
    await makeProduct(keeper, 'empty');
  });

  after(() => keeper.close());

  it('Ook (httpx) finds the main edition of each product, and when it was rebuilt', async () => {
    const found = (await read('ook')) as { product: string[]; edition: string[]; rebuilt: string }[];
    const url = (path: string): string => `${keeper.baseUrl}${path}`;
    assert.deepEqual(
      found.map(({ product, edition }) => [product, edition]),
      [
        [
          ['pipelines', 'pipelines', 'https://pipelines.example.org'],
          [url('/editions/1'), 'https://pipelines.example.org', build.url],
        ],
        [
          ['empty', 'empty', 'https://empty.example.org'],
          [url('/editions/7'), 'https://empty.example.org', null],
        ],
      ],
    );
    for (const { rebuilt } of found) assert.ok(Math.abs(Date.parse(`${rebuilt}Z`) - Date.now()) < 600_000);
  });

  it('projectmeta-kit (aiohttp) reads each product', async () => {
    assert.deepEqual(await read('projectmeta_kit'), [
      ['pipelines', 'https://pipelines.example.org', 'https://example.org/repo'],
      ['empty', 'https://empty.example.org', 'https://example.org/repo'],
    ]);
  });

  it('Docverse (httpx and pydantic) reads each edition of every mode, and the builds that they show', async () => {
    const found = (await read('docverse')) as Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      found.map(({ product, edition, slug, mode }) => [product, edition, slug, mode]),
      [
        ['pipelines', 1, 'main', 'git_refs'],
        ...modes.map((mode, at) => ['pipelines', at + 2, mode.replaceAll('_', '-'), mode]),
        ['empty', 7, 'main', 'git_refs'],
      ],
    );
    assert.deepEqual(
      found.flatMap((each) => (each['build'] === null ? [] : [[each['build'], `${String(each['prefix'])}/`]])),
      [[build.id, build.prefix]],
    );
  });

  it('answers JSON with status 200, never a redirect', async () => {
    const from = keeper.answers.length;
    for (const name of ['ook', 'projectmeta_kit', 'docverse']) await read(name);
    const kinds = keeper.answers.slice(from).map(({ status, contentType }) => `${status} ${contentType ?? ''}`);
    assert.deepEqual([...new Set(kinds)], ['200 application/json']);
  });

  function read(name: string): Promise<unknown> {
    return runClient(name, { packages, env: keeperEnvironment(keeper) });
  }
});
