import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import type {
  DashboardWake,
  DomainStart,
  EditionWake,
  EventsStarter,
  EventsWake,
  WorkflowStarter,
} from '../../services/ports.js';
import {
  type BuildDashboardInput,
  dashboardWorkflowId,
  type DeliverEventsInput,
  domainWorkflowId,
  eventsWorkflowId,
  type RebuildEditionInput,
  rebuildWorkflowId,
  type RegisterDomainInput,
  taskQueues,
  type Wake,
  wakeSignal,
  workflowTypes,
} from '../../workflows/contract.js';
import { bounded } from './bounded.js';

/** A request is committed before its workflows are woken, so it need not wait long for Temporal. Milliseconds. */
const patience = 2_000;

/** Wakes workflows by signal-with-start, or starts them: the server sees to it that one run of an id is open at a time. */
export function createWorkflowStarter(client: Client): WorkflowStarter & EventsStarter {
  return {
    async wakeEdition(wake) {
      const input: RebuildEditionInput = { editionId: wake.editionId };
      await bounded(patience, () =>
        client.workflow.signalWithStart(workflowTypes.rebuildEdition, {
          workflowId: rebuildWorkflowId(wake.editionId),
          taskQueue: taskQueues.keeper,
          args: [input],
          signal: wakeSignal,
          signalArgs: [{ generation: wake.generation } satisfies Wake],
          ...aboutEdition(wake),
        }),
      );
    },
    async wakeDashboard(wake) {
      const input: BuildDashboardInput = { productId: wake.productId };
      await bounded(patience, () =>
        client.workflow.signalWithStart(workflowTypes.buildDashboard, {
          workflowId: dashboardWorkflowId(wake.productId),
          taskQueue: taskQueues.keeper,
          args: [input],
          signal: wakeSignal,
          signalArgs: [{ generation: wake.generation } satisfies Wake],
          ...aboutDashboard(wake),
        }),
      );
    },
    async wakeEvents(wake) {
      await bounded(patience, () =>
        client.workflow.signalWithStart(workflowTypes.deliverEvents, {
          ...delivery(wake),
          signal: wakeSignal,
        }),
      );
    },
    async startEvents(wake) {
      await bounded(patience, () =>
        client.workflow.start(workflowTypes.deliverEvents, { ...delivery(wake), ...unlessOpen }),
      );
    },
    async startDomain(start) {
      await bounded(patience, () =>
        client.workflow.start(workflowTypes.registerDomain, { ...registration(start), ...unlessOpen }),
      );
    },
  };
}

/** An open run stays as it is, and nothing is started. */
const unlessOpen = { workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING } as const;

function delivery({ editionId, productSlug, editionSlug }: EventsWake) {
  const input: DeliverEventsInput = { editionId };
  return {
    workflowId: eventsWorkflowId(editionId),
    taskQueue: taskQueues.keeper,
    args: [input],
    staticSummary: summary(`${productSlug}: events of edition ${editionSlug}`),
    staticDetails: [
      `Tells the receiver of events what was published of product **${productSlug}**, edition **${editionSlug}** (id ${editionId}).`,
      'The pending activity says what the receiver answers. A run that is cancelled or terminated is started again.',
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
    staticSummary: summary(`${productSlug}: domain`),
    staticDetails: `Registers the domain of product **${productSlug}** (id ${productId}) in Route 53.`,
    memo: { product: productSlug },
  };
}

/** Temporal takes 200 bytes of summary; slugs can be longer than that. */
function summary(text: string): string {
  return Buffer.byteLength(text) <= 200 ? text : `${text.slice(0, 150)}…`;
}

/** What the Web UI shows beside the run. */
function aboutEdition({ productSlug, editionSlug, buildSlug, editionId, generation }: EditionWake) {
  return {
    staticSummary: summary(
      `${productSlug}: edition ${editionSlug}${buildSlug === null ? '' : `, build ${buildSlug}`}`,
    ),
    staticDetails: [
      `Product **${productSlug}**, edition **${editionSlug}** (id ${editionId}).`,
      `Started for ${buildSlug === null ? 'no build' : `build **${buildSlug}**`}, generation ${generation}.`,
      'The memo and the current details say what it is doing now. Cancel it to stop: the edition ends on one whole build.',
    ].join('\n\n'),
    memo: { product: productSlug, edition: editionSlug, build: buildSlug },
  };
}

function aboutDashboard({ productSlug, productId }: DashboardWake) {
  return {
    staticSummary: summary(`${productSlug}: dashboard`),
    staticDetails: `The dashboard of product **${productSlug}** (id ${productId}).`,
    memo: { product: productSlug },
  };
}
