import { Context } from '@temporalio/activity';
import {
  noteNudge,
  type OverdueDashboard,
  overdueDashboards,
  type OverdueEdition,
  overdueEditions,
} from '../../db/protocol/passes.js';
import { type WantedDomain, wantedDomains } from '../../db/queries/domain-records.js';
import { editionsWithEvents, type EditionWithEvents, pruneEvents } from '../../db/queries/edition-events.js';
import {
  dashboardWorkflowId,
  eventsWorkflowId,
  type PartReport,
  type ReconcilePart,
} from '../../workflows/contract.js';
import { uploadsPart } from './abandon-uploads.js';
import { auditPart } from './audit-drift.js';
import type { ActivityDeps } from '../dependencies.js';
import { bucketsPart } from './mark-buckets.js';
import { type Part, passOver } from './pass-over.js';
import { removalsPart } from './start-deletions.js';
import { whileBeating } from '../while-beating.js';

/**
 * Carries out one part of a pass: starts what should be running and is not, or does what is due. An item that fails is
 * logged and counted, and keeps no other from its turn; what a pass does not get to is the next one's. Safe to retry.
 */
export function createReconcile(deps: ActivityDeps) {
  const parts: Readonly<Record<ReconcilePart, (signal: AbortSignal) => Promise<PartReport>>> = {
    editions: (signal) => passOver(deps, { name: 'editions', part: editionsPart(deps), signal }),
    dashboards: (signal) => passOver(deps, { name: 'dashboards', part: dashboardsPart(deps), signal }),
    events: (signal) => passOver(deps, { name: 'events', part: eventsPart(deps), signal }),
    domains: (signal) => passOver(deps, { name: 'domains', part: domainsPart(deps), signal }),
    buckets: (signal) => passOver(deps, { name: 'buckets', part: bucketsPart(deps), signal }),
    audit: (signal) => passOver(deps, { name: 'audit', part: auditPart(deps), signal }),
    removals: (signal) => passOver(deps, { name: 'removals', part: removalsPart(deps), signal }),
    uploads: (signal) => passOver(deps, { name: 'uploads', part: uploadsPart(deps), signal }),
  };
  return async (name: ReconcilePart): Promise<PartReport> => {
    const context = Context.current();
    const signal = context.cancellationSignal;
    try {
      // The time limit of a pass is shorter than the longest standstill.
      const beating = { context, latest: () => undefined, progress: () => 0 };
      return await whileBeating(beating, parts[name]);
    } catch (error) {
      signal.throwIfAborted();
      deps.metrics.reconcileFailed(name);
      deps.logger.warn({ part: name, err: error }, 'a part of a pass of Reconcile failed');
      throw error;
    }
  };
}

function editionsPart(deps: ActivityDeps): Part<OverdueEdition> {
  return {
    find: (turn) => overdueEditions(deps.knex, turn),
    idOf: ({ editionId }) => editionId,
    work: async (edition) => {
      const action = await lookAtEdition(deps, edition);
      if (action === null) return;
      deps.metrics.reconciled(action);
      deps.logger.warn({ edition_id: edition.editionId, action }, 'reconciled');
    },
  };
}

async function lookAtEdition(
  { knex, workflows, observer, logger }: ActivityDeps,
  edition: OverdueEdition,
): Promise<'started' | 'nudged' | 'purge' | null> {
  const state = await observer.stateOf(edition.editionId);
  if (state === 'closed') {
    await workflows.signalEdition(edition);
    return edition.onlyOwesPurge ? 'purge' : 'started';
  }
  if (state === 'stuck') {
    logger.warn({ edition_id: edition.editionId }, 'the run of the edition cannot go on: another takes its place');
    await workflows.replaceEdition(edition);
    return 'started';
  }
  // An open run that works for this generation, or was told of it, needs no reminder.
  if (edition.planGeneration === edition.generation || edition.nudgedGeneration === edition.generation) return null;
  await workflows.signalEdition(edition);
  await noteNudge(knex, edition.editionId, edition.generation);
  return 'nudged';
}

function dashboardsPart(deps: ActivityDeps): Part<OverdueDashboard> {
  return {
    find: (turn) => overdueDashboards(deps.knex, turn),
    idOf: ({ productId }) => productId,
    work: async (dashboard) => {
      await makeWay(deps, dashboardWorkflowId(dashboard.productId));
      await deps.workflows.startDashboard(dashboard);
      deps.metrics.reconciled('dashboard');
    },
  };
}

/** Also removes events that were delivered long ago. */
function eventsPart(deps: ActivityDeps): Part<EditionWithEvents> {
  return {
    find: async (turn) => {
      await pruneEvents(deps.knex);
      return deps.events === null ? [] : editionsWithEvents(deps.knex, turn);
    },
    idOf: ({ editionId }) => editionId,
    work: async (edition) => {
      await makeWay(deps, eventsWorkflowId(edition.editionId));
      await deps.workflows.startEvents(edition);
    },
  };
}

function domainsPart({ knex, workflows, dns }: ActivityDeps): Part<WantedDomain> {
  return {
    find: (turn) => (dns === null ? Promise.resolve([]) : wantedDomains(knex, turn)),
    idOf: ({ productId }) => productId,
    work: (product) => workflows.startDomain(product),
  };
}

/**
 * Ends the open run of a workflow where that cannot go on, so that the next wake starts another, and says so in the
 * log.
 */
async function makeWay({ workflows, logger }: ActivityDeps, workflowId: string): Promise<void> {
  if (await workflows.endStuckRun(workflowId))
    logger.warn({ workflow_id: workflowId }, 'a run cannot go on: another takes its place');
}
