import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { launchApi, untilApiListens } from '../support/api-process.js';
import { eventually } from '../support/eventually.js';
import { basic, startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.js';
import { makeBuild, makeProduct } from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

const product = 'pipelines';

describe('the traces of a publication', function () {
  this.timeout(300_000);
  let keeper: TestKeeper;
  let receiver: OtlpReceiver;

  before(async () => {
    keeper = await startTestKeeper();
    receiver = await startOtlpReceiver();
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
    await receiver.close();
  });

  /** A separate API process on the keeper's database, store and Temporal; returns its address. */
  async function startApi(variables: Readonly<Record<string, string>>): Promise<string> {
    const LTD_KEEPER_SECRET_KEY = keeper.signingKey;
    const child = await launchApi({ ...keeperEnvironment(keeper), LTD_KEEPER_SECRET_KEY, ...variables });
    keeper.cleanUp.push(async () => {
      await child.stop();
    });
    return (await untilApiListens(child)).url;
  }

  it("traces a client's request through the workflow to each request to the store", async () => {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
    const modules = await loadedModules();
    const api = await startApi({ ...variables, ...modules.variables });
    await startWorkerProcess(keeper, variables);
    const build = await makeBuild(keeper, product, { 'index.html': 'traced' });
    const [traceId, client] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
    const answer = await fetch(new URL(new URL(build.url).pathname, api), {
      method: 'PATCH',
      headers: {
        authorization: basic(keeper.token, ''),
        'content-type': 'application/json',
        traceparent: `00-${traceId}-${client}-01`,
      },
      body: JSON.stringify({ uploaded: true }),
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-request-id'), traceId);
    const path = await eventually(
      'the whole trace',
      () => Promise.resolve(wayTo(receiver.spans(), { traceId, client })),
      90_000,
    );
    assert.deepEqual(path, [
      'ltd-keeper-api: PATCH',
      'ltd-keeper-api: SignalWithStartWorkflow:RebuildEdition',
      'ltd-keeper-worker: RunWorkflow:RebuildEdition',
      'ltd-keeper-worker: StartActivity:copyBuild',
      'ltd-keeper-worker: RunActivity:copyBuild',
      'ltd-keeper-worker: PUT',
    ]);
    assert.ok((await modules.read()).some(isOfTracing), 'which the next test must not find');
  });

  it('creates no trace, and loads nothing of OpenTelemetry, when no endpoint is set', async () => {
    const [ofApi, ofWorker] = [await loadedModules(), await loadedModules()];
    await startApi(ofApi.variables);
    const worker = await startWorkerProcess(keeper, ofWorker.variables);
    await eventually('the worker to poll', async () => (await worker.logged('the worker is polling')).length > 0);
    for (const modules of [ofApi, ofWorker]) {
      const loaded = await modules.read();
      assert.ok(loaded.some((file) => file.includes('/@temporalio/')));
      assert.deepEqual(loaded.filter(isOfTracing), []);
    }
  });
});

const isOfTracing = (file: string): boolean => /\/@opentelemetry\/|interceptors-opentelemetry/.test(file);

/**
 * From the client's span to the copy of the page: the spans, each the parent of the next; undefined while one is
 * missing.
 */
function wayTo(
  spans: readonly ReceivedSpan[],
  { traceId, client }: { readonly traceId: string; readonly client: string },
): string[] | undefined {
  const mine = spans.filter((span) => span.traceId === traceId);
  let span = mine.find(({ attributes }) => attributes['url.path']?.endsWith(`/${product}/v/main/index.html`));
  const way: string[] = [];
  while (span !== undefined) {
    way.unshift(`${span.service}: ${span.name}`);
    const { parentSpanId } = span;
    if (parentSpanId === client) return way;
    span = mine.find(({ spanId }) => spanId === parentSpanId);
  }
  return undefined;
}

/** Makes a process log repeatedly which files of packages it has loaded. */
async function loadedModules(): Promise<{
  readonly variables: Readonly<Record<string, string>>;
  read(): Promise<string[]>;
}> {
  const file = join(await temporaryFolder('test-modules'), 'modules.json');
  const hook = `
    import { writeFileSync } from 'node:fs';
    import Module from 'node:module';
    setInterval(() =>
      writeFileSync(${JSON.stringify(file)}, JSON.stringify(Object.keys(Module._cache))), 250).unref();`;
  return {
    variables: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` },
    read: async () => {
      // Lists from before its start are incomplete.
      await rm(file, { force: true });
      return eventually('the list of modules', async () => JSON.parse(await readFile(file, 'utf8')) as string[]);
    },
  };
}
