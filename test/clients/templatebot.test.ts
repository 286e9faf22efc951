import assert from 'node:assert/strict';
import { pythonPackages } from '../../dev/python-packages.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { keeperEnvironment, runClient } from '../support/python.js';

/** The output of the scripts. */
interface Recorded {
  readonly location: string;
  readonly product: Readonly<Record<string, unknown>>;
}

describe('bots that register products', () => {
  let keeper: TestKeeper;
  let packages: string;

  before(async function () {
    this.timeout(300_000); // The first run fetches their packages.
    packages = await pythonPackages('http-clients');
    keeper = await startTestKeeper();
  });

  after(() => keeper.close());

  for (const { name, script, mode, slug } of [
    { name: 'templatebot (httpx)', script: 'templatebot', mode: 'git_refs', slug: 'sqr-001' },
    { name: 'templatebot (httpx)', script: 'templatebot', mode: 'lsst_doc', slug: 'ldm-001' },
    { name: 'templatebot-aide (aiohttp)', script: 'templatebot_aide', mode: 'git_refs', slug: 'sqr-002' },
    { name: 'templatebot-aide (aiohttp)', script: 'templatebot_aide', mode: 'lsst_doc', slug: 'ldm-002' },
  ])
    it(`registers with ${name} a product whose main edition is in the mode ${mode}`, async () => {
      const from = keeper.answers.length;
      const { location, product } = await register(script, { slug, main_mode: mode });
      const url = `${keeper.baseUrl}/products/${slug}`;
      assert.deepEqual([location, product['published_url']], [url, `https://${slug}.lsst.io`]);
      assert.deepEqual(
        keeper.answers
          .slice(from)
          .map((answer) => [answer.method, answer.path, answer.status, answer.contentType, answer.location]),
        [
          ['GET', '/token', 200, 'application/json', undefined],
          ['POST', '/products/', 201, 'application/json', url],
          ['GET', `/products/${slug}`, 200, 'application/json', undefined],
        ],
      );
      assert.equal((await mainEdition(slug)).mode, mode);
    });

  it('prints the reason of a refused product', async () => {
    for (const script of ['templatebot', 'templatebot_aide'])
      await assert.rejects(register(script, { slug: 'Not A Slug', main_mode: 'git_refs' }), /\b400\b/);
  });

  async function register(script: string, product: object): Promise<Recorded> {
    const rest = {
      title: 'A document',
      doc_repo: 'https://github.com/lsst-sqre/document',
      bucket_name: 'lsst-the-docs',
      root_domain: 'lsst.io',
      root_fastly_domain: 'n.global-ssl.fastly.net',
    };
    const args = [JSON.stringify({ ...rest, ...product })];
    return (await runClient(script, { packages, args, env: keeperEnvironment(keeper) })) as Recorded;
  }

  async function mainEdition(slug: string): Promise<{ readonly mode: string }> {
    const { body } = await keeper.request('GET', `/products/${slug}/editions/`);
    const [url = ''] = (body as { editions: string[] }).editions;
    return (await keeper.request('GET', new URL(url).pathname)).body as { mode: string };
  }
});
