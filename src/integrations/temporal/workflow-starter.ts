import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import { nameBuild } from '../../domain/urls.js';
import type {
  DashboardSignal,
  DomainStart,
  EditionSignal,
  EventsStarter,
  EventsSignal,
  ManifestSignal,
  RunReplacer,
  WorkflowStarter,
} from '../../services/ports.js';
import {
  type BuildDashboardInput,
  dashboardWorkflowId,
  type DeliverEventsInput,
  domainWorkflowId,
  eventsWorkflowId,
  type RecordManifestInput,
  manifestWorkflowId,
  type RebuildEditionInput,
  rebuildWorkflowId,
  type RegisterDomainInput,
  taskQueues,
  type Wake,
  wakeSignal,
  workflowTypes,
} from '../../workflows/contract.js';
import { boundedCalls } from './bounded-calls.js';
import { staticSummary } from './static-summary.js';
import { newestRun } from './stuck-run.js';

/**
 * A request is committed before its workflows are woken, so it need not wait long for Temporal. The two waits together
 * are shorter than what is left to a process that stops once its requests are answered.
 */
const limits = { concurrency: 16, timeoutMs: 2_000, maxWait: 5_000 };

/**
 * Signals workflows by signal-with-start, or starts them: the server sees to it that one run of an id is open at a
 * time.
 */
export function createWorkflowStarter(client: Client): WorkflowStarter & EventsStarter & RunReplacer {
  const bounded = boundedCalls(limits);
  const signalEdition = async (wake: EditionSignal): Promise<void> => {
    const input: RebuildEditionInput = { editionId: wake.editionId };
    await bounded(() =>
      client.workflow.signalWithStart(workflowTypes.rebuildEdition, {
        workflowId: rebuildWorkflowId(wake.editionId),
        taskQueue: taskQueues.keeper,
        args: [input],
        signal: wakeSignal,
        signalArgs: [{ generation: wake.generation } satisfies Wake],
        ...aboutEdition(wake),
      }),
    );
  };
  return {
    signalEdition,
    async replaceEdition(wake) {
      const stuck = client.workflow.getHandle(rebuildWorkflowId(wake.editionId));
      await bounded(() => stuck.terminate(whyTerminated));
      await signalEdition(wake);
    },
    endStuckRun: (workflowId) => bounded(() => endStuckRun(client, workflowId)),
    async signalDashboard(wake) {
      await bounded(() =>
        client.workflow.signalWithStart(workflowTypes.buildDashboard, {
          ...dashboard(wake),
          signal: wakeSignal,
          signalArgs: [{ generation: wake.generation } satisfies Wake],
        }),
      );
    },
    async startDashboard(wake) {
      await bounded(() => client.workflow.start(workflowTypes.buildDashboard, { ...dashboard(wake), ...unlessOpen }));
    },
    async signalManifest(wake) {
      const input: RecordManifestInput = { buildId: wake.buildId };
      await bounded(() =>
        client.workflow.signalWithStart(workflowTypes.recordManifest, {
          workflowId: manifestWorkflowId(wake.buildId),
          taskQueue: taskQueues.keeper,
          args: [input],
          signal: wakeSignal,
          // After everything else that waits: nobody waits for it.
          priority: { priorityKey: 5 },
          ...aboutRecording(wake),
        }),
      );
    },
    async signalEvents(wake) {
      await bounded(() =>
        client.workflow.signalWithStart(workflowTypes.deliverEvents, {
          ...delivery(wake),
          signal: wakeSignal,
        }),
      );
    },
    async startEvents(wake) {
      await bounded(() => client.workflow.start(workflowTypes.deliverEvents, { ...delivery(wake), ...unlessOpen }));
    },
    async startDomain(start) {
      await bounded(() =>
        client.workflow.start(workflowTypes.registerDomain, { ...registration(start), ...unlessOpen }),
      );
    },
  };
}

/** The Web UI shows it on the terminated run. */
const whyTerminated = 'Its tasks failed again and again: another run goes on';

async function endStuckRun(client: Client, workflowId: string): Promise<boolean> {
  const { state, runId } = await newestRun(client, workflowId);
  if (state !== 'stuck') return false;
  // This run, and none that has taken its place meanwhile.
  await client.workflow.getHandle(workflowId, runId).terminate(whyTerminated);
  return true;
}

/** An open run stays as it is, and nothing is started. */
const unlessOpen = { workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING } as const;

function delivery({ editionId, productSlug, editionSlug }: EventsSignal) {
  const input: DeliverEventsInput = { editionId };
  return {
    workflowId: eventsWorkflowId(editionId),
    taskQueue: taskQueues.keeper,
    args: [input],
    staticSummary: staticSummary(`${productSlug}: events of edition ${editionSlug}`),
    staticDetails: [
      `Tells the receiver of events what was published of product **${productSlug}**, edition ` +
        `**${editionSlug}** (id ${editionId}).`,
      'The pending activity says what the receiver answers. A run that is cancelled or terminated is ' +
        'started again.',
    ].join('\n\n'),
    memo: { product: productSlug, edition: editionSlug },
  };
}

function registration({ productId, productSlug }: DomainStart) {
  const input: RegisterDomainInput = { productId };
  return {
    workflowId: domainWorkflowId(productId),
    taskQueue: taskQueues.keeper,
    args: [input],
    staticSummary: staticSummary(`${productSlug}: domain`),
    staticDetails: `Registers the domain of product **${productSlug}** (id ${productId}) in Route 53.`,
    memo: { product: productSlug },
  };
}

/** What the Web UI shows beside the run. */
function aboutEdition({ productSlug, editionSlug, buildId, buildSlug, editionId, generation }: EditionSignal) {
  const build = buildId === null || buildSlug === null ? null : nameBuild({ id: buildId, slug: buildSlug });
  return {
    staticSummary: staticSummary(`${productSlug}: edition ${editionSlug}${build === null ? '' : `, ${build}`}`),
    staticDetails: [
      `Product **${productSlug}**, edition **${editionSlug}** (id ${editionId}).`,
      `Started for ${build ?? 'no build'}, generation ${generation}.`,
      'The memo and the current details say what it is doing now. Cancel it to stop: the edition ends on ' +
        'one whole build.',
    ].join('\n\n'),
    memo: { product: productSlug, edition: editionSlug, build: buildSlug },
  };
}

function dashboard({ productSlug, productId }: DashboardSignal) {
  const input: BuildDashboardInput = { productId };
  return {
    workflowId: dashboardWorkflowId(productId),
    taskQueue: taskQueues.keeper,
    args: [input],
    staticSummary: staticSummary(`${productSlug}: dashboard`),
    staticDetails: `The dashboard of product **${productSlug}** (id ${productId}).`,
    memo: { product: productSlug },
  };
}

function aboutRecording({ productSlug, buildSlug, buildId }: ManifestSignal) {
  const build = nameBuild({ id: buildId, slug: buildSlug });
  return {
    staticSummary: staticSummary(`${productSlug}: ${build}`),
    staticDetails: [
      `Recording what ${build} of product **${productSlug}** holds, while it is uploaded.`,
      'The memo and the current details say how much is there. To cancel it does no harm: a copy learns ' +
        'what is missing.',
    ].join('\n\n'),
    memo: { product: productSlug, build: buildSlug },
  };
}
