import type { DashboardWake, DomainStart, EditionWake, ServiceLogger, WorkflowStarter } from './ports.js';

/** Which workflows a committed request concerns. */
export interface Wakes {
  readonly editions: readonly EditionWake[];
  /** Woken only where no edition follows: a rebuild ends by waking the dashboard itself. */
  readonly dashboard: DashboardWake;
  /** A new product whose domain is to be registered. */
  readonly domain?: DomainStart;
}

/**
 * Wakes the workflows of a request that is committed. Never throws: the request stands whether or not Temporal answers,
 * and `Reconcile` starts what could not be started here.
 */
export async function wakeWorkflows(
  deps: { readonly workflows: WorkflowStarter; readonly logger: ServiceLogger },
  wakes: Wakes,
): Promise<void> {
  const calls =
    wakes.editions.length > 0
      ? wakes.editions.map((wake) => deps.workflows.wakeEdition(wake))
      : [deps.workflows.wakeDashboard(wakes.dashboard)];
  if (wakes.domain !== undefined) calls.push(deps.workflows.startDomain(wakes.domain));
  for (const result of await Promise.allSettled(calls)) {
    if (result.status === 'rejected')
      deps.logger.warn(
        { err: result.reason as unknown },
        'a workflow was not woken; Reconcile will start it',
      );
  }
}
