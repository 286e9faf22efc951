import type { EngineProcess } from './engine.js';
import type { PlacedVersion } from './site.js';
import type { StoreAdmin } from './store-admin.js';

/** The engine's result at a store with a limit. */
export interface RateResult {
  /** The store's limit in copies per second. */
  readonly limit: number;
  readonly seconds: number;
  /** Successful copies per second. */
  readonly rate: number;
  /** The share of refused requests for copies: 0 to 1. */
  readonly refusedShare: number;
  readonly cpuSeconds: number | null;
}

/** The least rate that S3 allows per prefix. */
const copiesPerSecond = 3_500;

/** Copies for some seconds from a store that accepts {@link copiesPerSecond} and answers 503 SlowDown above. */
export async function measureRate(
  engine: EngineProcess,
  {
    source,
    admin,
    seconds,
    latency,
  }: {
    readonly source: PlacedVersion;
    readonly admin: StoreAdmin;
    readonly seconds: number;
    readonly latency: number;
  },
): Promise<RateResult> {
  await engine.carryOut({ kind: 'learn', source: source.prefix });
  await admin.setLatency(latency);
  await admin.limitCopies(copiesPerSecond);
  await admin.resetCounts();
  try {
    const cost = await engine.carryOut({
      kind: 'copy for',
      seconds,
      prefixes: { source: source.prefix, destination: 'bench/rate/' },
    });
    const { byOperation, refused } = await admin.counts();
    const asked = byOperation['CopyObject'] ?? 0;
    return {
      limit: copiesPerSecond,
      seconds: cost.seconds,
      rate: (asked - refused) / cost.seconds,
      refusedShare: refused / Math.max(1, asked),
      cpuSeconds: cost.cpuSeconds,
    };
  } finally {
    await admin.limitCopies(null);
    await admin.setLatency(0);
  }
}
