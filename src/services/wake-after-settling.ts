import { type WakeDeps, wakeWorkflows, type Wakes } from './wake-workflows.js';

/**
 * Wakes the workflows of editions that a request has just settled, and the dashboard with them: a run that finds nothing
 * left to do ends without a thought of it. Never throws.
 */
export async function wakeAfterSettling(deps: WakeDeps, wakes: Wakes): Promise<void> {
  await Promise.all([wakeWorkflows(deps, wakes), wakeWorkflows(deps, { ...wakes, editions: [] })]);
}
