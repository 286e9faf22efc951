import { resolve } from 'node:path';
import type { Variables } from './environment.js';

/** How to run a development stack. */
export interface StackOptions {
  /** Where its state, logs and addresses are. Absolute. */
  readonly folder: string;
  /** `fixed`: the documented ones. `auto`: any free ones. */
  readonly ports: 'fixed' | 'auto';
  /** How long every request to the object store is delayed. Milliseconds. */
  readonly s3Latency: number;
  /** How many processes of the API and of the worker. @default one of each */
  readonly counts?: { readonly api: number; readonly worker: number };
  /** How many connections PostgreSQL takes. @default 200 */
  readonly maxConnections?: number;
  /** The folder of the compiled API, worker and command line. @default this checkout's */
  readonly code?: string;
  /** Settings of the API and the worker that outrank the stack's own. */
  readonly settings?: Variables;
  /**
   * The port of the metrics of the first process of the API; each further process, the workers last, has the next one.
   * @default none has metrics
   */
  readonly metricsPort?: number;
}

/**
 * The options from `DEV_DIR`, `DEV_PORTS`, `DEV_S3_LATENCY_MS` and `LTD_METRICS_PORT`.
 *
 * @throws {Error} naming the variable that cannot be meant.
 */
export function stackOptions(env: NodeJS.ProcessEnv): StackOptions {
  const ports = env['DEV_PORTS'] ?? '';
  if (!['', 'fixed', 'auto'].includes(ports))
    throw new Error(`DEV_PORTS=${ports} is not known: give auto, or leave it out for the fixed ports`);
  const latency = env['DEV_S3_LATENCY_MS'] ?? '';
  if (!/^\d*$/.test(latency))
    throw new Error(`DEV_S3_LATENCY_MS=${latency} is not a number of milliseconds: give for example 50`);
  const metricsPort = env['LTD_METRICS_PORT'] ?? '';
  if (!/^\d*$/.test(metricsPort))
    throw new Error(`LTD_METRICS_PORT=${metricsPort} is not a port: give for example 9464`);
  return {
    folder: resolve(env['DEV_DIR'] === undefined || env['DEV_DIR'] === '' ? '.dev' : env['DEV_DIR']),
    ports: ports === 'auto' ? 'auto' : 'fixed',
    s3Latency: Number(latency),
    ...(metricsPort === '' ? {} : { metricsPort: Number(metricsPort) }),
  };
}
