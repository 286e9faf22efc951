import type {
  DashboardSignal,
  DomainStart,
  EditionSignal,
  ManifestSignal,
  ServiceLogger,
  WorkflowStarter,
} from './ports.js';

/** Which workflows a committed request concerns. */
export interface Signals {
  readonly editions: readonly EditionSignal[];
  /** Woken only where no edition follows: a rebuild ends by waking the dashboard itself. */
  readonly dashboard: DashboardSignal;
  /** The build that was registered or is uploaded, where the request is about one. */
  readonly learning?: ManifestSignal;
  /** A new product whose domain is to be registered. */
  readonly domain?: DomainStart;
}

/**
 * Takes charge of work that goes on after an answer, and never rejects: the process waits for it before it ends. What it
 * returns is waited for before the answer: nothing, but for tests.
 */
export type Background = (work: Promise<void>) => Promise<void> | undefined;

/** What {@link signalWorkflows} works with. */
export interface SignalDeps {
  readonly workflows: WorkflowStarter;
  readonly logger: ServiceLogger;
  readonly background: Background;
}

/**
 * Signals the workflows of a request that is committed, in the background: nobody need wait for Temporal. Never throws: the
 * request stands whether or not Temporal answers, and `Reconcile` starts what could not be started here; a build that is
 * not learnt beforehand is learnt by its copy.
 */
export async function signalWorkflows(deps: SignalDeps, signals: Signals): Promise<void> {
  await deps.background(wake(deps, signals));
}

async function wake(deps: SignalDeps, { editions, dashboard, learning, domain }: Signals): Promise<void> {
  const converging =
    editions.length > 0
      ? editions.map((wake) => deps.workflows.signalEdition(wake))
      : [deps.workflows.signalDashboard(dashboard)];
  if (domain !== undefined) converging.push(deps.workflows.startDomain(domain));
  await Promise.all([
    ...converging.map((call) => orWarn(deps, call, 'a workflow was not woken; Reconcile will start it')),
    learning &&
      orWarn(deps, deps.workflows.signalManifest(learning), 'a build is not learnt before its copy'),
  ]);
}

async function orWarn(
  { logger }: { readonly logger: ServiceLogger },
  call: Promise<void>,
  message: string,
): Promise<void> {
  try {
    await call;
  } catch (error) {
    logger.warn({ err: error }, message);
  }
}

/**
 * Signals the workflows of editions that a request has just settled, and the dashboard with them: a run that finds nothing
 * left to do does not wake the dashboard. Never throws.
 */
export async function signalAfterSettling(deps: SignalDeps, signals: Signals): Promise<void> {
  await Promise.all([signalWorkflows(deps, signals), signalWorkflows(deps, { ...signals, editions: [] })]);
}
