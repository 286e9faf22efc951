import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/**
 * Silences Temporal's own log once for the process, since many tests provoke failures, whose lines would fill the
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
