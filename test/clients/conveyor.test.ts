import assert from 'node:assert/strict';
import { readPage, type ReadPage } from '../../dev/client/read-page.js';
import { type Edge, startEdge } from '../../dev/edge/start-edge.js';
import { type LtdConveyor, ltdConveyor } from '../../dev/ltd-conveyor.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { oddFolders, oddSite, writeOddSite } from '../support/odd-site.js';
import { type Printed, bucketEnvironment, keeperEnvironment, runPython } from '../support/python.js';
import { makeProduct, readEdition, type ScenarioTask, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';
import { releaseCases } from './conveyor-releases.js';

const product = 'pipelines';

/** The tested keys of a build or an edition. */
interface Newest {
  readonly slug: string;
  readonly git_refs?: readonly string[];
  readonly tracked_refs?: readonly string[] | null;
}

for (const { release, uploads, says, untyped, refusal, refs, ciOption, ciJobs } of releaseCases)
  describe(`ltd-conveyor ${release}, which uploads ${uploads}`, () => {
    let keeper: TestKeeper;
    let edge: Edge;
    let conveyor: LtdConveyor;
    let folder: string;
    let upload: Printed;
    let task: ScenarioTask;

    before(async function () {
      this.timeout(300_000); // The first run fetches its packages.
      conveyor = await ltdConveyor(release);
      keeper = await startTestKeeper();
      await startTestWorker(keeper);
      const { name: bucket, endpoint, region, credentials } = keeper.bucket;
      edge = await startEdge({
        origin: { bucket, endpoint, region, credentials },
        purge: { serviceId: 'test', key: 'test' },
      });
      keeper.cleanUp.push(() => edge.close());
      await makeProduct(keeper, product);
      folder = await writeOddSite();
      upload = await ltd('upload', '--product', product, '--git-ref', 'main', '--dir', folder);
      task = await taskEnd(keeper, `/queue/${await taskOfPatch()}`);
    });

    after(() => keeper.close());

    it('installs the released package, unmodified', async () => {
      assert.match((await ltd('--version')).stdout, new RegExp(`\\b${release.replaceAll('.', '\\.')}\\b`));
    });

    it('publishes a folder with settings from its environment alone', () => {
      assert.match(upload.stderr, says);
      assert.equal(task.status, 'SUCCESS');
      assert.equal(task.metadata.editions[0]?.outcome, 'published');
    });

    it('shows every file at the edge', async () => {
      for (const [path, content] of Object.entries(oddSite)) {
        const page = await read(`/${path.split('/').map(encodeURIComponent).join('/')}`);
        assert.deepEqual({ path, status: page.status, text: page.text }, { path, status: 200, text: content });
      }
    });

    it('sends files with the types that it guessed', async () => {
      const types: Record<string, string | undefined> = {};
      for (const path of ['/index.html', '/_static/css/theme.css', '/data/no-extension'])
        types[path] = (await read(path)).contentType;
      assert.deepEqual(types, {
        '/index.html': 'text/html',
        '/_static/css/theme.css': 'text/css',
        '/data/no-extension': untyped,
      });
    });

    it('makes every folder redirect to itself with a slash', async () => {
      for (const path of [...oddFolders, '/v/main']) {
        const page = await read(path);
        assert.equal(page.status, 302, path);
        assert.equal(new URL(page.location ?? '').pathname, `${path}/`);
      }
      assert.match((await read('/a/b/')).text, /Folder/);
    });

    it('leaves the edition published and not pending', async () => {
      const edition = await readEdition(keeper, 1);
      assert.equal(edition.pending_rebuild, false);
      assert.equal(edition.published_build_url, edition.build_url);
      assert.equal(edition.build_url, `${keeper.baseUrl}/builds/1`);
    });

    it(`sends ${refs.length === 1 ? 'only the first' : 'each'} of several git refs`, async () => {
      await ltd('upload', '--product', product, '--git-ref', 'both refs', '--dir', folder);
      assert.deepEqual((await newest('builds')).git_refs, refs);
    });

    for (const { variables, gitRef, slug } of ciJobs)
      it(`reads the git ref ${gitRef} from a CI job (${ciOption}), whose edition is ${slug}`, async () => {
        await ltdWith(variables, 'upload', '--product', product, ciOption, '--dir', folder);
        assert.deepEqual((await newest('builds')).git_refs, [gitRef]);
        const { slug: made, tracked_refs: tracked } = await newest('editions');
        assert.deepEqual([made, tracked], [slug, [gitRef]]);
      });

    it('prints the reason of a refused request', async () => {
      const refused = ltd('upload', '--product', 'unknown', '--git-ref', 'main', '--dir', folder);
      await assert.rejects(refused, (error: { readonly code?: unknown; readonly stderr?: unknown }) => {
        assert.equal(error.code, 1);
        assert.match(String(error.stderr), refusal);
        return true;
      });
    });

    function ltd(...args: readonly string[]): Promise<Printed> {
      return ltdWith({}, ...args);
    }

    function ltdWith(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Printed> {
      const { accessKeyId: id, secretAccessKey: secret } = keeper.bucket.credentials;
      // Only a client that uploads with boto3 knows the bucket.
      const bucket =
        release === '0.4.2' ? { ...bucketEnvironment(keeper), LTD_AWS_ID: id, LTD_AWS_SECRET: secret } : {};
      const env = { ...keeperEnvironment(keeper), ...bucket, ...variables };
      return runPython({ packages: conveyor.packages, script: conveyor.ltd, args, env });
    }

    /** It does not print the answer to its PATCH. */
    async function taskOfPatch(): Promise<string> {
      const row = await keeper
        .knex('task_rebuilds')
        .orderBy('rebuild_id', 'desc')
        .first<{ task_id: string } | undefined>('task_id');
      return row?.task_id ?? assert.fail('its PATCH created no task');
    }

    async function newest(collection: 'builds' | 'editions'): Promise<Newest> {
      const { body } = await keeper.request('GET', `/products/${product}/${collection}/`);
      const urls = (body as Record<string, string[]>)[collection] ?? [];
      const ids = urls.map((url) => Number(url.split('/').at(-1)));
      const newest = `/${collection}/${Math.max(...ids)}`;
      return (await keeper.request('GET', newest)).body as Newest;
    }

    function read(path: string): Promise<ReadPage> {
      return readPage({ edgeUrl: edge.url, product, path });
    }
  });
