import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Under which a measurement was made; nothing of it names the machine. */
export interface Conditions {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** What others kept the machine busy with at the start: processes that ran or waited for a core, mean of a minute. */
  readonly load: number;
  readonly system: string;
  readonly node: string;
  /** Milliseconds that every request to the object store was delayed. */
  readonly storeLatency: number;
}

/** The conditions here and now: to be asked for before the measurement. */
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
