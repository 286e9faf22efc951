import assert from 'node:assert/strict';
import { createLogger } from '../../src/observability/logger.js';
import { type SignalDeps, signalWorkflows } from '../../src/services/signal-workflows.js';
import {
  dashboardWorkflowId,
  manifestWorkflowId,
  rebuildWorkflowId,
  wakeSignal,
} from '../../src/workflows/contract.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { productBody } from '../support/products.js';

describe('signalWorkflows', () => {
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await keeper.request('POST', '/products/', productBody());
    await keeper.request('POST', '/products/pipelines/builds/', { git_refs: ['main'] });
  });
  after(() => keeper.close());

  /** The generations that signals brought to a workflow's open run, in order. */
  const signalsOf = async (workflowId: string): Promise<unknown[]> => {
    const { events } = await keeper.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
      const [payload] = signal?.input?.payloads ?? [];
      return signal?.signalName === wakeSignal
        ? [payload === undefined ? null : (JSON.parse(Buffer.from(payload.data ?? []).toString()) as unknown)]
        : [];
    });
  };

  it('starts one run of an edition, and signals it again for later generations', async () => {
    await keeper.request('PATCH', '/builds/1', { uploaded: true });
    assert.deepEqual(await signalsOf(rebuildWorkflowId(1)), [{ generation: 1 }]);
    await keeper.request('PATCH', '/builds/1', { uploaded: true });
    await keeper.request('PATCH', '/editions/1', { slug: 'moved', force: true });
    assert.deepEqual(await signalsOf(rebuildWorkflowId(1)), [{ generation: 1 }, { generation: 1 }, { generation: 2 }]);
    const run = await keeper.client.workflow.getHandle(rebuildWorkflowId(1)).describe();
    assert.equal(run.status.name, 'RUNNING');
  });

  it('starts the dashboard when no edition tracks the build', async () => {
    const before = (await signalsOf(dashboardWorkflowId(1))).length;
    await keeper.request('PATCH', '/builds/1', {});
    assert.equal((await signalsOf(dashboardWorkflowId(1))).length, before + 1);
  });

  it('starts one run that records a manifest at registration, and leaves the rest to a copy', async () => {
    const workflowId = manifestWorkflowId(1);
    const before = (await signalsOf(workflowId)).length;
    await keeper.request('PATCH', '/builds/1', { uploaded: true });
    assert.equal((await signalsOf(workflowId)).length, before);
    const run = await keeper.client.workflow.getHandle(workflowId).describe();
    assert.deepEqual([run.status.name, run.memo], ['RUNNING', { product: 'pipelines', build: '1' }]);
  });

  it('signals that run about the upload of a build that no edition tracks', async () => {
    await keeper.request('POST', '/products/pipelines/builds/', { git_refs: ['followed by none'] });
    await keeper.request('DELETE', '/editions/2');
    assert.equal((await signalsOf(manifestWorkflowId(2))).length, 1);
    await keeper.request('PATCH', '/builds/2', { uploaded: true });
    assert.equal((await signalsOf(manifestWorkflowId(2))).length, 2);
  });

  it('signals the edition and the dashboard when a rebuild is cancelled', async () => {
    const before = [(await signalsOf(rebuildWorkflowId(1))).length, (await signalsOf(dashboardWorkflowId(1))).length];
    await keeper.request('PATCH', '/editions/1', { pending_rebuild: false });
    const after = [(await signalsOf(rebuildWorkflowId(1))).length, (await signalsOf(dashboardWorkflowId(1))).length];
    assert.deepEqual(
      after,
      before.map((signals) => signals + 1),
    );
  });

  it('returns without waiting for Temporal', async () => {
    const silent = (): Promise<void> => new Promise(() => undefined);
    const deps: SignalDeps = {
      background: () => undefined,
      logger: createLogger({ level: 'silent', name: 'test' }),
      workflows: {
        signalEdition: silent,
        signalDashboard: silent,
        signalManifest: silent,
        startDomain: silent,
      },
    };
    const dashboard = { productId: 1, generation: 1, productSlug: 'pipelines' };
    await signalWorkflows(deps, { editions: [], dashboard });
  });

  it('signals the other workflows and logs it when one cannot be signalled', async () => {
    const lines: string[] = [];
    const signalled: number[] = [];
    await signalWorkflows(
      {
        background: (work) => work,
        logger: createLogger({
          level: 'warn',
          name: 'test',
          destination: { write: (line) => void lines.push(line) },
        }),
        workflows: {
          signalEdition: ({ editionId }) =>
            editionId === 1 ? Promise.reject(new Error('down')) : Promise.resolve(void signalled.push(editionId)),
          signalDashboard: () => Promise.reject(new Error('this call is not expected')),
          signalManifest: () => Promise.reject(new Error('down')),
          startDomain: () => Promise.reject(new Error('this call is not expected')),
        },
      },
      {
        editions: [1, 2].map((editionId) => ({
          editionId,
          generation: 1,
          productSlug: 'pipelines',
          editionSlug: 'main',
          buildId: null,
          buildSlug: null,
        })),
        dashboard: { productId: 1, generation: 1, productSlug: 'pipelines' },
        manifest: { buildId: 1, productSlug: 'pipelines', buildSlug: '1' },
      },
    );
    assert.deepEqual(signalled, [2]);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /a workflow was not signalled; Reconcile will start it/);
    assert.match(lines[1] ?? '', /the manifest of a build is not recorded before its copy/);
  });
});
