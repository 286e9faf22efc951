import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/**
 * Silences Temporal's own lines, once for the process: failures are what many tests are about, and would drown the
 * report.
 */
export function installQuietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'off', forward: {} } },
    shutdownSignals: [],
  });
}
