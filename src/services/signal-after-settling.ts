import { type SignalDeps, signalWorkflows, type Signals } from './signal-workflows.js';

/**
 * Signals the workflows of editions that a request has just settled, and the dashboard with them: a run that finds nothing
 * left to do ends without a thought of it. Never throws.
 */
export async function signalAfterSettling(deps: SignalDeps, signals: Signals): Promise<void> {
  await Promise.all([signalWorkflows(deps, signals), signalWorkflows(deps, { ...signals, editions: [] })]);
}
