import { defineQuery, setCurrentDetails, setHandler, upsertMemo } from '@temporalio/workflow';
import type { CopyCounts } from '../domain/copy-counts.js';
import { nameBuild } from '../domain/urls.js';
import { type RebuildPhase, type RebuildPlan, type RebuildStatus, statusQuery } from './contract.js';

/** Reports the state of a run: to the query, the Web UI's details, and the memo, which can be read without a worker. */
export interface RunStatus {
  enter(phase: RebuildPhase, plan?: RebuildPlan | null): void;
  count(counts: CopyCounts): void;
}

/** Registers the status query. */
export function answerStatus(): RunStatus {
  let status: RebuildStatus = {
    phase: 'looking',
    generation: null,
    build: null,
    restore: false,
    counts: null,
  };
  setHandler(defineQuery<RebuildStatus>(statusQuery), () => status);
  return {
    enter(phase, plan) {
      status = { ...status, phase, ...(plan === undefined ? {} : aboutPlan(plan)) };
      // The memo is part of the history, so it holds only facts that change during a run.
      upsertMemo({ phase, generation: status.generation, build: status.build?.slug ?? null });
      setCurrentDetails(detailsOf(status));
    },
    count(counts) {
      status = { ...status, counts };
      setCurrentDetails(detailsOf(status));
    },
  };
}

function aboutPlan(plan: RebuildPlan | null): Partial<RebuildStatus> {
  return plan === null
    ? { generation: null, build: null, restore: false, counts: null }
    : { generation: plan.generation, build: plan.target, restore: plan.restore, counts: null };
}

/** Markdown, as the Web UI shows it. */
function detailsOf({ phase, generation, build, restore, counts }: RebuildStatus): string {
  const lines = [`**${phase}**`];
  if (generation !== null) {
    const what = build === null ? 'nothing (its objects are removed)' : nameBuild(build);
    lines.push(`${restore ? 'restoring' : 'showing'} ${what}, generation ${generation}`);
  }
  if (counts !== null)
    lines.push(
      `${counts.objects_done} of ${counts.objects_total} objects right (${counts.objects_unchanged} unchanged), ` +
        `${counts.objects_removed} removed, ${counts.bytes_done} of ${counts.bytes_total} bytes copied`,
    );
  return lines.join('\n\n');
}
