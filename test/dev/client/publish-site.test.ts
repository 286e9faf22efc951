import assert from 'node:assert/strict';
import type { Task } from '../../../dev/client/answers.js';
import { createKeeperClient, type KeeperClient, LtdError } from '../../../dev/client/keeper-client.js';
import { directoriesOf, type SiteFile } from '../../../dev/client/site-file.js';
import { uploadSite } from '../../../dev/client/upload-site.js';
import { watchTask } from '../../../dev/client/watch-task.js';
import { type TestKeeper, startTestKeeper } from '../../support/keeper.js';
import { startTestWorker } from '../../support/worker.js';

const product = 'pipelines';

const files: readonly SiteFile[] = ['index.html', 'a/b/größe & co.html', 'a/100% sure+(1).txt', '_static/🔭.svg'].map(
  (path) => ({ path, contentType: 'text/x-test', content: `content of ${path}` }),
);

describe('the API client and the uploader', () => {
  let keeper: TestKeeper;
  let client: KeeperClient;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    client = createKeeperClient({ url: keeper.baseUrl, username: 'admin', password: 'pug' });
    await client.createProduct({
      slug: product,
      title: 'LSST Science Pipelines',
      doc_repo: 'https://github.com/lsst/pipelines_lsst_io.git',
      root_domain: 'lsst.io',
      root_fastly_domain: 'global.ssl.fastly.net',
      bucket_name: keeper.bucket.name,
    });
  });

  after(async () => {
    await keeper.close();
  });

  it('uploads a site by presigned posts, and waits for the end of its task', async () => {
    const build = await client.registerBuild(product, {
      gitRefs: ['main'],
      directories: directoriesOf(files),
    });
    const progress: number[] = [];
    await uploadSite(build, files, { concurrency: 2, onProgress: (done) => progress.push(done) });
    assert.deepEqual(progress, [1, 2, 3, 4]);
    const looks: Task[] = [];
    const task = await watchTask(client, await client.completeUpload(build), {
      interval: 0.1,
      onUpdate: (look) => looks.push(look),
    });
    assert.equal(task.status, 'SUCCESS');
    assert.equal(looks.at(-1), task);
    for (const { path, content } of files) assert.equal(await keeper.bucket.read(`${product}/v/main/${path}`), content);
    const keys = await keeper.bucket.keys(`${product}/builds/1`);
    const directories = ['', '/_static', '/a', '/a/b'].map((path) => `${product}/builds/1${path}`);
    assert.deepEqual(
      keys.filter((key) => directories.includes(key)),
      directories,
    );
    assert.equal(keys.length, files.length + directories.length);
  });

  it('shows the editions of a product', async () => {
    const [edition] = await client.editions(product);
    assert.equal(edition?.slug, 'main');
  });

  it('reports which request was refused, and why', async () => {
    const build = { gitRefs: ['main'], directories: ['/'] };
    await assert.rejects(client.registerBuild('unknown', build), (error) => {
      assert.ok(error instanceof LtdError);
      assert.equal(error.status, 404);
      assert.match(error.message, /^POST http:\S+\/products\/unknown\/builds\/ answered 404: .*invalid resource URI/);
      return true;
    });
  });

  it('reports that a password is wrong', async () => {
    const stranger = createKeeperClient({ url: keeper.baseUrl, username: 'admin', password: 'cat' });
    await assert.rejects(stranger.editions(product), /GET \S+\/token answered 401/);
  });

  it('reports the error of the store', async () => {
    const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
    const { url, fields } = build.post_prefix_urls['/'] ?? assert.fail('no form');
    const altered = {
      ...build,
      post_prefix_urls: { '/': { url, fields: { ...fields, 'Cache-Control': 'no-store' } } },
    };
    const [root] = files;
    assert.ok(root);
    await assert.rejects(uploadSite(altered, [root]), /The upload of index.html was answered 403: .*AccessDenied/s);
    await assert.rejects(uploadSite(build, files), /no upload form for the directory a\/b\//);
  });
});
