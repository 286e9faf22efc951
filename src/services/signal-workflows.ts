import type {
  DashboardSignal,
  DomainStart,
  EditionSignal,
  ManifestSignal,
  ServiceLogger,
  WorkflowStarter,
} from './ports.js';

/** The workflows to signal after a request's commit. */
export interface Signals {
  readonly editions: readonly EditionSignal[];
  /** Signalled only without editions, since each rebuild signals the dashboard at its end. */
  readonly dashboard: DashboardSignal;
  /** The registered or uploaded build whose manifest must be recorded. */
  readonly manifest?: ManifestSignal;
  /** A new product whose domain must be registered. */
  readonly domain?: DomainStart;
}

/**
 * Runs work that continues after the response, and never rejects; the process waits for it before it stops. The
 * response waits for the returned promise, which only tests return.
 */
export type Background = (work: Promise<void>) => Promise<void> | undefined;

/** The collaborators of {@link signalWorkflows}. */
export interface SignalDeps {
  readonly workflows: WorkflowStarter;
  readonly logger: ServiceLogger;
  readonly background: Background;
}

/**
 * Signals the workflows of a committed request in the background. Never throws: if Temporal does not answer,
 * `Reconcile` starts the workflows later, and the copy records a manifest that is missing.
 */
export async function signalWorkflows(deps: SignalDeps, signals: Signals): Promise<void> {
  await deps.background(signalAll(deps, signals));
}

async function signalAll(deps: SignalDeps, { editions, dashboard, manifest, domain }: Signals): Promise<void> {
  const converging =
    editions.length > 0
      ? editions.map((edition) => deps.workflows.signalEdition(edition))
      : [deps.workflows.signalDashboard(dashboard)];
  if (domain !== undefined) converging.push(deps.workflows.startDomain(domain));
  await Promise.all([
    ...converging.map((call) => orWarn(deps, call, 'a workflow was not signalled; Reconcile will start it')),
    manifest &&
      orWarn(deps, deps.workflows.signalManifest(manifest), 'the manifest of a build is not recorded before its copy'),
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
 * Signals the workflows of editions that a request settled, and also the dashboard: a run without work does not signal
 * the dashboard. Never throws.
 */
export async function signalAfterSettling(deps: SignalDeps, signals: Signals): Promise<void> {
  await Promise.all([signalWorkflows(deps, signals), signalWorkflows(deps, { ...signals, editions: [] })]);
}
