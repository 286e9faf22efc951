import { resolve } from 'node:path';
import type { Variables } from './environment.js';

/** Options of a development stack. */
export interface StackOptions {
  /** Absolute path of its state, logs and addresses. */
  readonly folder: string;
  /** `fixed` for the documented ports, `auto` for free ones. */
  readonly ports: 'fixed' | 'auto';
  /** The delay of every request to the object store. Milliseconds. */
  readonly s3LatencyMs: number;
  /** The number of processes of the API and of the worker. @default one of each */
  readonly counts?: { readonly api: number; readonly worker: number };
  /** The most connections of PostgreSQL. @default 200 */
  readonly maxConnections?: number;
  /** The folder of the compiled API, worker and command line. @default this checkout's */
  readonly code?: string;
  /** Settings of the API and the worker that override the stack's own. */
  readonly settings?: Variables;
  /**
   * The metrics port of the API's first process. Each further process, the workers last, takes the next. @default no
   * metrics
   */
  readonly metricsPort?: number;
}

/**
 * Reads the options from `DEV_DIR`, `DEV_PORTS`, `DEV_S3_LATENCY_MS` and `LTD_METRICS_PORT`. @throws {Error} naming an
 * invalid variable.
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
    s3LatencyMs: Number(latency),
    ...(metricsPort === '' ? {} : { metricsPort: Number(metricsPort) }),
  };
}
