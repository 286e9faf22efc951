import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** The conditions of a measurement, without the machine's name. */
export interface Conditions {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** The load average of a minute at the start. */
  readonly load: number;
  readonly system: string;
  readonly node: string;
  /** The delay of every request to the object store. Milliseconds. */
  readonly storeLatency: number;
}

/** Returns the current conditions. Call it before the measurement. */
export function conditions(storeLatency: number): Conditions {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    load: Math.round(loadavg()[0] ?? 0),
    system: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`.trim(),
    node: process.versions.node,
    storeLatency,
  };
}
