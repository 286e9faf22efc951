import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { rebuildWorkflowId, reconcileScheduleId, taskQueues, workflowTypes } from '../../../src/workflows/contract.js';
import { poll } from '../../poll.js';
import { type ChaosStack, undecodable } from '../chaos-stack.js';
import type { AppliedFault, Fault } from './fault.js';
import type { operatorFaults } from './fault-kinds.js';
import type { PlannedFault } from './fault-plan.js';
import { typeVerb, type Verb } from './operator-command.js';

type OperatorFault = (typeof operatorFaults)[number];

/** A rebuild that is under way is looked for during so long. Milliseconds. */
const search = 4_000;

const reset = ['workflow', 'reset', '--reason', 'chaos'];

/** What is typed about a rebuild; the workflow's id is added. */
const aboutRebuild: Readonly<Partial<Record<OperatorFault, Verb>>> = {
  'cancel a rebuild': { begin: ['workflow', 'cancel'] },
  'terminate a rebuild': { begin: ['workflow', 'terminate', '--reason', 'chaos'] },
  'reset a rebuild to its start': { begin: [...reset, '--type', 'FirstWorkflowTask'] },
  'reset a rebuild to its last task': { begin: [...reset, '--type', 'LastWorkflowTask'] },
  'reset a rebuild to an event': { begin: reset },
  'signal a rebuild': { begin: ['workflow', 'signal', '--name', 'wake'] },
  'pause a rebuild': { begin: ['workflow', 'pause'], end: ['workflow', 'unpause'] },
};

const queue = ['--task-queue', taskQueues.copy, '--task-queue-type', 'activity'];
const rateLimit = ['task-queue', 'config', 'set', ...queue, '--queue-rps-limit'];
const schedule = ['--schedule-id', reconcileScheduleId];

const aboutService: Readonly<Partial<Record<OperatorFault, Verb>>> = {
  'hold the copy queue': { begin: [...rateLimit, '0'], end: [...rateLimit, 'default'] },
  'pause the schedule': {
    begin: ['schedule', 'toggle', '--pause', ...schedule],
    end: ['schedule', 'toggle', '--unpause', ...schedule],
  },
  'trigger the schedule': { begin: ['schedule', 'trigger', ...schedule] },
};

/** Does what an operator would, with the real command. */
export function operatorFault(kind: OperatorFault): Fault {
  return async (target, planned) => {
    const service = aboutService[kind];
    if (service !== undefined) return typeVerb(target, service);
    const verb = aboutRebuild[kind];
    const editionId = await rebuildUnderWay(target, planned);
    if (editionId === undefined) throw new Error('no rebuild is under way');
    if (verb === undefined) return replaceByUndecodable(target, editionId);
    const workflowId = rebuildWorkflowId(editionId);
    const about = ['--workflow-id', workflowId];
    if (kind !== 'reset a rebuild to an event') return typeVerb(target, verb, about);
    return typeVerb(target, verb, [...about, '--event-id', await eventOf(target, workflowId, planned)]);
  };
}

/** Returns an edition whose copy has a writer; after a while, one that needs work at all. */
async function rebuildUnderWay(
  { database }: ChaosStack,
  { victim }: Pick<PlannedFault, 'victim'>,
): Promise<number | undefined> {
  const look = async (condition: string): Promise<number | undefined> => {
    const { rows } = await database.query<{ id: number }>(
      `SELECT id FROM editions WHERE plan_id IS NOT NULL AND ${condition} ORDER BY id`,
    );
    return rows[Math.floor(victim * rows.length)]?.id;
  };
  return poll(() => look('writer_id IS NOT NULL'), { what: 'a copy', timeout: search }).catch(() =>
    look('true').catch(() => undefined),
  );
}

/** Starts the run anew with the memo of an installation whose encryption key was removed since. */
async function replaceByUndecodable({ temporal }: ChaosStack, editionId: number): Promise<AppliedFault> {
  const workflowId = rebuildWorkflowId(editionId);
  const { WorkflowIdConflictPolicy: policies } = proto.temporal.api.enums.v1;
  await temporal.workflowService.startWorkflowExecution({
    namespace: temporal.options.namespace,
    requestId: randomUUID(),
    workflowId,
    workflowType: { name: workflowTypes.rebuildEdition },
    taskQueue: { name: taskQueues.keeper },
    input: { payloads: [defaultPayloadConverter.toPayload({ editionId })] },
    memo: { fields: { product: { metadata: { encoding: Buffer.from(undecodable) }, data: Buffer.from('?') } } },
    workflowIdConflictPolicy: policies.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
  });
  return { detail: workflowId };
}

/** Any event of a run that it can be reset to: the end of a workflow task. */
async function eventOf(
  { temporal }: ChaosStack,
  workflowId: string,
  { victim }: Pick<PlannedFault, 'victim'>,
): Promise<string> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const ends = (events ?? []).filter(
    ({ workflowTaskCompletedEventAttributes: completed }) => completed !== undefined && completed !== null,
  );
  const event = ends[Math.floor(victim * ends.length)];
  if (event === undefined) throw new Error(`${workflowId} has ended no workflow task yet`);
  return String(event.eventId);
}
