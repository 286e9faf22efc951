import type { z } from 'zod';
import { formatDate } from '../../domain/dates.js';
import { buildUrl, editionUrl, taskUrl } from '../../domain/urls.js';
import { noCounts } from '../../domain/copy-counts.js';
import { noSpeed } from '../../domain/copy-speed.js';
import type { TaskEdition, TaskView } from '../../services/read-task.js';
import type { task as taskSchema } from '../schemas/task.js';

type PresentedTask = z.input<typeof taskSchema>;

/** A task as clients poll it. */
export function presentTask(task: TaskView, baseUrl: string): PresentedTask {
  const editions = task.editions.map((edition) => presentTaskEdition(edition, baseUrl));
  return {
    id: task.id,
    self_url: taskUrl(baseUrl, task.id),
    status: task.status,
    metadata: {
      phase: task.phase,
      editions,
      dashboard: task.dashboard,
      dashboard_error: task.dashboardError,
      notices: [...task.notices],
      events: task.events.state,
      events_error: task.events.error,
      superseded_by: editions.find((edition) => edition.superseded_by !== null)?.superseded_by ?? null,
      started_at: dateOrNull(task.startedAt),
      finished_at: dateOrNull(task.finishedAt),
      eta_seconds: task.etaSeconds,
      stale: task.stale,
    },
  };
}

function presentTaskEdition(edition: TaskEdition, baseUrl: string): PresentedTask['metadata']['editions'][number] {
  const { activity, supersededByBuildId } = edition;
  return {
    edition_url: editionUrl(baseUrl, edition.editionId),
    build_url: buildUrl(baseUrl, edition.buildId),
    outcome: edition.outcome,
    superseded_by: supersededByBuildId === null ? null : buildUrl(baseUrl, supersededByBuildId),
    ...noCounts,
    ...edition.counts,
    ...(edition.live ?? { ...noSpeed, waiting_for: edition.pause === null ? null : 'paused' }),
    pause: edition.pause,
    attempt: activity?.attempt ?? 0,
    purge_pending: edition.isPurgePending,
    last_error: edition.error ?? activity?.lastError ?? null,
    next_retry_at: dateOrNull(activity?.nextRetryAt ?? null),
  };
}

function dateOrNull(date: Date | null): string | null {
  return date === null ? null : formatDate(date);
}
