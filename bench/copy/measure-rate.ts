import type { EngineProcess } from './engine.js';
import type { PlacedVersion } from './site.js';
import type { StoreAdmin } from './store-admin.js';

/** How the engine did against a store that has a limit. */
export interface RateResult {
  /** Copies a second that the store served at most. */
  readonly limit: number;
  readonly seconds: number;
  /** Copies a second that succeeded. */
  readonly rate: number;
  /** Of all requests for copies, those that were refused: 0 to 1. */
  readonly refusedShare: number;
  readonly cpuSeconds: number | null;
}

/** S3's: what a prefix takes at least. */
const copiesPerSecond = 3_500;

/** Copies for so many seconds from a store that takes {@link copiesPerSecond} and answers 503 SlowDown above. */
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
