import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildRoot } from '../../scripts/paths.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';

const run = promisify(execFile);

describe('the worker process', () => {
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await workflowBundle('plain');
  });
  after(() => keeper.close());

  it("exits with the reason when Temporal's namespace does not exist", async () => {
    const { PATH, NODE_V8_COVERAGE } = process.env;
    const env = { PATH, NODE_V8_COVERAGE, ...keeperEnvironment(keeper), TEMPORAL_NAMESPACE: 'nowhere' };
    const worker = run(process.execPath, [join(buildRoot, 'src', 'worker', 'main.js')], {
      env,
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    await assert.rejects(worker, ({ code, stderr }: { code?: unknown; stderr?: string }) => {
      assert.equal(code, 1);
      assert.match(stderr ?? '', /Namespace nowhere was not found/);
      return true;
    });
  });
});
