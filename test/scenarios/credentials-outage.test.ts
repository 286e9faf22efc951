import assert from 'node:assert/strict';
import { launchApi, untilApiListens } from '../support/api-process.js';
import { eventually } from '../support/eventually.js';
import { basic, startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { type RecordingServer, type Reply, startRecordingServer } from '../support/recording-server.js';
import { announce, contents, makeBuild, makeProduct, readTaskOnce, taskEnd } from '../support/scenario.js';
import { temporaryCredentials } from '../support/servers.js';
import { startWorkerProcess } from '../support/worker-process.js';

const product = 'handbook';
const timeoutMs = 120_000;

/** The answer of an endpoint of pod identities. */
const given: Reply = {
  status: 200,
  body: JSON.stringify({
    AccessKeyId: temporaryCredentials.accessKeyId,
    SecretAccessKey: temporaryCredentials.secretAccessKey,
    Token: temporaryCredentials.sessionToken,
    Expiration: new Date(Date.now() + 24 * 3_600_000).toISOString(),
  }),
};

const outages: readonly (readonly [what: string, reply: Reply])[] = [
  ['answers 500', { status: 500 }],
  ['accepts connections and never answers', 'hang'],
];

for (const [what, reply] of outages) {
  describe(`a credentials endpoint that ${what} for a while`, function () {
    this.timeout(timeoutMs);
    let keeper: TestKeeper;
    let endpoint: RecordingServer;
    let apiUrl: string;

    before(async () => {
      endpoint = await startRecordingServer();
      endpoint.replyWith(reply);
      keeper = await startTestKeeper();
      const variables = {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.url}/v1/credentials`,
      };
      await startWorkerProcess(keeper, variables);
      const api = await launchApi({
        ...keeperEnvironment(keeper),
        LTD_KEEPER_SECRET_KEY: keeper.signingKey,
        ...variables,
      });
      keeper.cleanUp.push(async () => {
        await api.stop();
      });
      apiUrl = (await untilApiListens(api)).url;
      await makeProduct(keeper, product);
    });
    after(async () => {
      await keeper.close();
      await endpoint.close();
    });

    const register = (body: object, accept = 'application/json'): Promise<Response> =>
      fetch(`${apiUrl}/products/${product}/builds/`, {
        method: 'POST',
        headers: { authorization: basic(keeper.token, ''), 'content-type': 'application/json', accept },
        body: JSON.stringify(body),
      });

    it('makes the API answer 503 with Retry-After to requests for a build number or signed uploads', async () => {
      const uploads = { git_refs: ['main'], slug: 'named', directories: ['/'] };
      for (const answer of [
        await register({ git_refs: ['main'] }),
        await register(uploads, 'application/vnd.ltdkeeper.v2+json'),
      ]) {
        assert.equal(answer.status, 503);
        assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
        assert.match(((await answer.json()) as { message: string }).message, /pod identity/);
      }
      assert.deepEqual((await keeper.request('GET', `/products/${product}/builds/`)).body, { builds: [] });
    });

    it('delays a rebuild, whose task gives the reason and ends as published after the recovery', async () => {
      const build = await makeBuild(keeper, product, { 'index.html': '<h1>Home</h1>' });
      const task = await announce(keeper, build);
      const waiting = await eventually('the rebuild to meet the outage', async () => {
        const { status, metadata } = await readTaskOnce(keeper, task);
        assert.notEqual(status, 'FAILURE', JSON.stringify(metadata));
        const [edition] = metadata.editions;
        return edition?.last_error !== null && edition;
      });
      assert.match(waiting.last_error ?? '', /pod identity/);
      endpoint.replyWith(given);
      assert.equal((await taskEnd(keeper, task, timeoutMs)).status, 'SUCCESS');
      assert.deepEqual(await contents(keeper, `${product}/v/main/`), { 'index.html': '<h1>Home</h1>' });
      const registered = await eventually('the API to get credentials', async () => {
        const answer = await register({ git_refs: ['main'] });
        return answer.status !== 503 && answer;
      });
      assert.equal(registered.status, 201);
    });
  });
}
