import { condition, continueAsNew, setCurrentDetails, upsertMemo } from '@temporalio/workflow';
import { nextPause } from '../domain/time-limits.js';
import type { RecordManifestInput, ManifestReport } from './contract.js';
import { recordManifest } from './proxies.js';
import { watchSignals } from './signals.js';

/** Presigned uploads expire after 24 hours, so no object arrives later. */
const timeoutMs = 25 * 3_600_000;

/** Passes in one run, so that its history stays under a hundred events. */
const maxPasses = 8;

/**
 * Records a manifest of a build during its upload, pass after pass with pauses between them, and once more after the
 * upload, so that the copy has little to ask. The copy does not depend on it: it records what is missing.
 */
export async function RecordManifest({ buildId, since }: RecordManifestInput): Promise<void> {
  const signals = watchSignals();
  const startedAt = since?.startedAt ?? Date.now();
  let pause = since?.pause ?? 0;
  for (let pass = 1; pass <= maxPasses; pass += 1) {
    signals.forget();
    const began = Date.now();
    const report = await recordManifest(buildId);
    tell(report);
    if (report.state !== 'uploading') return;
    if (Date.now() - startedAt > timeoutMs) return;
    pause = nextPause({ previous: pause, changed: report.changed, took: Date.now() - began });
    await condition(() => signals.seen(), pause);
  }
  // The next run begins with a pass, so it loses no signal.
  await continueAsNew<typeof RecordManifest>({ buildId, since: { startedAt, pause } });
}

/** Reports to the Web UI, and to the memo, which can be read without a worker. */
function tell({ state, objects, bytes, changed }: ManifestReport): void {
  if (changed) upsertMemo({ objects, bytes });
  setCurrentDetails(`**${state}**\n\n${objects} objects, ${bytes} bytes`);
}
