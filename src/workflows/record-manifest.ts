import { condition, continueAsNew, setCurrentDetails, upsertMemo } from '@temporalio/workflow';
import { nextPause } from '../domain/time-limits.js';
import type { RecordManifestInput, ManifestReport } from './contract.js';
import { recordManifest } from './proxies.js';
import { watchSignals } from './signals.js';

/** Presigned uploads are good for 24 hours: after this nothing more comes. Milliseconds. */
const patience = 25 * 3_600_000;

/** Passes in one run: its history stays under a hundred events. */
const maxPasses = 8;

/**
 * Recording what a build holds while it is being uploaded, pass after pass with a pause between them, and once more
 * when it is uploaded, so that the copy need not ask for much. Nobody waits for it, and what it does not learn the copy
 * does.
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
    if (Date.now() - startedAt > patience) return;
    pause = nextPause({ previous: pause, changed: report.changed, took: Date.now() - began });
    await condition(() => signals.seen(), pause);
  }
  // The next run begins with a pass: a wake that comes in between is none too many.
  await continueAsNew<typeof RecordManifest>({ buildId, since: { startedAt, pause } });
}

/** Markdown for the Web UI, and the memo, which needs no worker to be read. */
function tell({ state, objects, bytes, changed }: ManifestReport): void {
  if (changed) upsertMemo({ objects, bytes });
  setCurrentDetails(`**${state}**\n\n${objects} objects, ${bytes} bytes`);
}
