import { condition, continueAsNew, setCurrentDetails, upsertMemo } from '@temporalio/workflow';
import { nextPause } from '../domain/learn-pause.js';
import type { LearnBuildInput, LearnReport } from './contract.js';
import { learnBuild } from './proxies.js';
import { watchWakes } from './wakes.js';

/** Presigned uploads are good for 24 hours: after this nothing more comes. Milliseconds. */
const patience = 25 * 3_600_000;

/** Passes in one run: its history stays under a hundred events. */
const mostPasses = 8;

/**
 * Learns what a build holds while it is being uploaded, pass after pass with a pause between them, and once more when
 * it is uploaded, so that the copy need not ask for much. Nobody waits for it, and what it does not learn the copy does.
 */
export async function LearnBuild({ buildId, since }: LearnBuildInput): Promise<void> {
  const wakes = watchWakes();
  const startedAt = since?.startedAt ?? Date.now();
  let pause = since?.pause ?? 0;
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    wakes.forget();
    const began = Date.now();
    const report = await learnBuild(buildId);
    tell(report);
    if (report.state !== 'uploading') return;
    if (Date.now() - startedAt > patience) return;
    pause = nextPause({ previous: pause, changed: report.changed, took: Date.now() - began });
    await condition(() => wakes.seen(), pause);
  }
  // The next run begins with a pass: a wake that comes in between is none too many.
  await continueAsNew<typeof LearnBuild>({ buildId, since: { startedAt, pause } });
}

/** Markdown for the Web UI, and the memo, which needs no worker to be read. */
function tell({ state, objects, bytes, changed }: LearnReport): void {
  if (changed) upsertMemo({ objects, bytes });
  setCurrentDetails(`**${state}**\n\n${objects} objects, ${bytes} bytes`);
}
