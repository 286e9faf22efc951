import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { EncryptionKey } from '../../../src/config/settings/temporal.js';
import { Secret } from '../../../src/config/secret.js';
import { createTemporalClient } from '../../../src/integrations/temporal/connect.js';
import { listPauses } from '../../../src/integrations/temporal/pauses.js';
import { createRebuildObserver } from '../../../src/integrations/temporal/rebuild-observer.js';
import { dataConverter } from '../../../src/payload-codec/data-converter.js';
import { TaskWatches } from '../../../src/services/task-watches.js';
import { rebuildWorkflowId } from '../../../src/workflows/contract.js';
import { startTestApi } from '../../support/api.js';
import { eventually } from '../../support/eventually.js';
import { startTestKeeper } from '../../support/keeper.js';
import { announce, makeBuild, makeProduct, readTaskOnce, type ScenarioTask } from '../../support/scenario.js';
import { startTestWorker } from '../../support/worker.js';

describe('queue_url after an encryption key was removed', function () {
  this.timeout(120_000);

  it('answers queue_url with all fields that need no key when the run cannot be decrypted', async () => {
    const [removed, kept] = ['removed', 'kept'].map((id) => ({
      id,
      key: new Secret(randomBytes(32).toString('base64')),
    })) as [EncryptionKey, EncryptionKey]; // one key per id
    const keeper = await startTestKeeper({ encryptionKeys: [removed] });
    const { address, namespace } = keeper.temporal;
    const withoutKey = createTemporalClient({ connectionOptions: { address }, namespace }, dataConverter([kept]));
    const { client } = withoutKey;
    const api = await startTestApi({
      tasks: new TaskWatches({ knex: keeper.knex, observer: createRebuildObserver(client) }),
    });
    keeper.cleanUp.push(
      () => withoutKey.close(),
      () => api.close(),
    );
    try {
      await startTestWorker(keeper, {
        changed: (activities) => ({
          ...activities,
          copyBuild: () => Promise.reject(new Error('the store is full')),
        }),
      });
      await makeProduct(keeper, 'pipelines');
      const path = await announce(keeper, await makeBuild(keeper, 'pipelines', { 'index.html': 'one' }));
      await eventually('an attempt to fail', async () => {
        const [edition] = (await readTaskOnce(keeper, path)).metadata.editions;
        return edition?.last_error === 'the store is full';
      });
      const read = async (): Promise<ScenarioTask> => {
        // The API's schema guarantees the shape.
        return (await api.http.get(path).expect(200)).body as ScenarioTask;
      };
      const { metadata } = await read();
      const [edition] = metadata.editions;
      assert.equal(metadata.stale, true);
      assert.match(edition?.last_error ?? '', /^Temporal holds data encrypted with the key "removed": add it/);
      assert.ok((edition?.attempt ?? 0) > 0);
      await keeper.temporal.temporal('workflow', 'pause', '--workflow-id', rebuildWorkflowId(1));
      assert.match((await read()).metadata.editions[0]?.pause ?? '', /paused the workflow rebuild-edition-1/);
      await eventually('the pause to be listed', async () => (await listPauses(client)).length === 1);
    } finally {
      await keeper.close();
    }
  });
});
