import { z } from 'zod';
import { waitReasons } from '../../domain/copy-counts.js';
import { rebuildOutcomes } from '../../domain/edition-state.js';
import { dashboardStates, eventsStates, taskStatuses } from '../../domain/task-status.js';
import { exampleBuild, exampleEdition, exampleQueueUrl, exampleTaskId } from './examples.js';
import { date, url } from './fields.js';

const count = z.int().nonnegative();

/** One edition that a task rebuilds. */
const taskEdition = z.strictObject({
  edition_url: url,
  build_url: url,
  outcome: z.enum(rebuildOutcomes).nullable().meta({ description: 'Null while the rebuild has not ended.' }),
  superseded_by: url.nullable().meta({ description: 'The build that came instead.' }),
  objects_total: count,
  objects_done: count,
  objects_unchanged: count,
  objects_removed: count,
  bytes_done: count.meta({ description: 'Of the objects that were copied.' }),
  bytes_total: count.meta({ description: 'Of all objects of the build.' }),
  objects_per_second: count.meta({ description: 'Over the last seconds; 0 while no copy is under way.' }),
  bytes_per_second: count,
  eta_seconds: count.nullable(),
  waiting_for: z
    .enum(waitReasons)
    .nullable()
    .meta({
      description:
        'What keeps the copy waiting: the object store asked to be slower, other work of the worker has ' +
        'its turn, or an operator paused it.',
    }),
  pause: z.string().nullable().meta({
    description: 'Who paused the run, its step or its task queue, why, and the command to go on.',
  }),
  attempt: count.meta({ description: 'Of the step under way; 0 while none is.' }),
  purge_pending: z.boolean().meta({
    description:
      'True while the build is published and the CDN has not confirmed its purge, so readers may see ' +
      'older pages. The task does not wait for it, so this may change after its end.',
  }),
  last_error: z.string().nullable(),
  next_retry_at: date.nullable(),
});

/** What is known of a task beside its status. */
const taskMetadata = z.strictObject({
  phase: z.string(),
  editions: z.array(taskEdition),
  dashboard: z.enum(dashboardStates),
  dashboard_error: z.string().nullable(),
  notices: z
    .array(z.string())
    .meta({ description: 'What the request told its client, such as why nothing publishes the build.' }),
  events: z.enum(eventsStates).meta({
    description:
      'Whether the receiver of events has been told of what was published. The task does not wait for ' +
      'it, so this may change after its end; a month after it was told it is `none` again.',
  }),
  events_error: z.string().nullable().meta({
    description: 'Why an event is refused: for the time being while `events` is waiting, else for good.',
  }),
  superseded_by: url.nullable().meta({ description: 'The build that came instead, where one did for any edition.' }),
  started_at: date.nullable(),
  finished_at: date.nullable(),
  eta_seconds: count.nullable(),
  stale: z.boolean().meta({ description: 'True when only the database could be asked: live numbers are missing.' }),
});

const exampleTask = {
  id: exampleTaskId,
  self_url: exampleQueueUrl,
  status: 'STARTED',
  metadata: {
    phase: 'copying',
    editions: [
      {
        edition_url: exampleEdition.self_url,
        build_url: exampleBuild.self_url,
        outcome: null,
        superseded_by: null,
        objects_total: 1200,
        objects_done: 800,
        objects_unchanged: 750,
        objects_removed: 0,
        bytes_done: 5_242_880,
        bytes_total: 62_914_560,
        objects_per_second: 200,
        bytes_per_second: 1_310_720,
        eta_seconds: 2,
        waiting_for: null,
        pause: null,
        attempt: 1,
        purge_pending: false,
        last_error: null,
        next_retry_at: null,
      },
    ],
    dashboard: 'waiting',
    dashboard_error: null,
    notices: [],
    events: 'none',
    events_error: null,
    superseded_by: null,
    started_at: '2026-11-24T02:26:40Z',
    finished_at: null,
    eta_seconds: 2,
    stale: false,
  },
};

/** A task: what `queue_url` answers. */
export const task = z
  .strictObject({ id: z.uuid(), self_url: url, status: z.enum(taskStatuses), metadata: taskMetadata })
  .meta({ id: 'Task', examples: [exampleTask] });

/** The path's id of a task: any text may be asked for. */
export const taskParams = z.object({
  id: z.string().meta({ description: 'The task.', examples: [exampleTaskId] }),
});

/** Longest wait for a task's end, in seconds: below the time-outs of common proxies. */
const maxWait = 30;

/** How long an answer may wait for the task's end. */
export const taskQuery = z.object({
  wait: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,3})?$/, 'must be a number of seconds')
    .transform((seconds) => Math.min(Number(seconds), maxWait))
    .default(0)
    .meta({
      type: 'number',
      minimum: 0,
      default: 0,
      description: `Seconds to wait for the task's end; more than ${maxWait} are ${maxWait}.`,
      examples: [20],
    }),
});
