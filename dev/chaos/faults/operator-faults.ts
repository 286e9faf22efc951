import { copyActivityId, reconcileScheduleId, taskQueues } from '../../../src/workflows/contract.js';
import { rebuildWorkflowId } from '../../../src/workflows/contract.js';
import { poll } from '../../poll.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { AppliedFault, Fault } from './fault.js';
import type { operatorFaults, PlannedFault } from './fault-plan.js';

type OperatorFault = (typeof operatorFaults)[number];

/** A rebuild that is under way is looked for during so long. Milliseconds. */
const search = 4_000;

/** What a copy that was completed by hand claims. */
const claim = { objects_total: 0, objects_done: 0, objects_unchanged: 0, objects_removed: 0, bytes_done: 0 };

/** What an operator types: at once, and to undo it at the end. */
interface Verb {
  readonly begin: readonly string[];
  readonly end?: readonly string[];
}

/** What is typed about a rebuild; the workflow's id is added. */
const aboutRebuild: Readonly<Partial<Record<OperatorFault, Verb>>> = {
  'cancel a rebuild': { begin: ['workflow', 'cancel'] },
  'terminate a rebuild': { begin: ['workflow', 'terminate', '--reason', 'chaos'] },
  'reset a rebuild to its start': {
    begin: ['workflow', 'reset', '--type', 'FirstWorkflowTask', '--reason', 'chaos'],
  },
  'reset a rebuild to its last task': {
    begin: ['workflow', 'reset', '--type', 'LastWorkflowTask', '--reason', 'chaos'],
  },
  'signal a rebuild': { begin: ['workflow', 'signal', '--name', 'wake'] },
  'pause a rebuild': { begin: ['workflow', 'pause'], end: ['workflow', 'unpause'] },
  'pause an activity': {
    begin: ['activity', 'pause', '--activity-id', copyActivityId],
    end: ['activity', 'unpause', '--activity-id', copyActivityId],
  },
  'reset an activity': { begin: ['activity', 'reset', '--activity-id', copyActivityId] },
  'complete an activity by hand': {
    begin: ['activity', 'complete', '--activity-id', copyActivityId, '--result', JSON.stringify(claim)],
  },
  'fail an activity by hand': {
    begin: ['activity', 'fail', '--activity-id', copyActivityId, '--reason', 'chaos'],
  },
};

const rateLimit = [
  'task-queue',
  'config',
  'set',
  '--task-queue',
  taskQueues.copy,
  '--task-queue-type',
  'activity',
];

const aboutService: Readonly<Partial<Record<OperatorFault, Verb>>> = {
  'hold the copy queue': {
    begin: [...rateLimit, '--queue-rps-limit', '0'],
    end: [...rateLimit, '--queue-rps-limit', 'default'],
  },
  'pause the schedule': {
    begin: ['schedule', 'toggle', '--pause', '--schedule-id', reconcileScheduleId],
    end: ['schedule', 'toggle', '--unpause', '--schedule-id', reconcileScheduleId],
  },
};

/** Does what an operator would, with the real command. What the server refuses is noted: it is the operator's to see. */
export function operatorFault(kind: OperatorFault): Fault {
  return async (stack, planned) => {
    const service = aboutService[kind];
    if (service !== undefined) return type(stack, service, []);
    const verb = aboutRebuild[kind];
    const workflowId = await rebuildUnderWay(stack, planned);
    if (verb === undefined || workflowId === undefined) return { detail: 'no rebuild is under way' };
    return type(stack, verb, ['--workflow-id', workflowId]);
  };
}

async function type(
  { command }: ChaosStack,
  { begin, end }: Verb,
  about: readonly string[],
): Promise<AppliedFault> {
  try {
    await command(...begin, ...about);
  } catch (error) {
    return { detail: `${about[1] ?? ''} refused: ${reasonOf(error)}` };
  }
  const detail = about[1] ?? 'done';
  return end === undefined ? { detail } : { detail, end: () => undo(command, [...end, ...about]) };
}

/** A run that ended meanwhile, or an activity that is no longer there, needs no undoing. */
async function undo(command: ChaosStack['command'], args: readonly string[]): Promise<void> {
  await command(...args).catch((error: unknown) => {
    const reason = reasonOf(error);
    if (!/not found|already completed|no pending|not running|not paused/i.test(reason))
      throw new Error(reason, { cause: error });
  });
}

/** What the command said on its standard error. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return said.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
}

/** The workflow of an edition whose copy has a writer; else, after a while, of one that needs work at all. */
async function rebuildUnderWay(
  { database }: ChaosStack,
  { victim }: Pick<PlannedFault, 'victim'>,
): Promise<string | undefined> {
  const look = async (condition: string): Promise<string | undefined> => {
    const { rows } = await database.query<{ id: number }>(
      `SELECT id FROM editions WHERE plan_id IS NOT NULL AND ${condition} ORDER BY id`,
    );
    const row = rows[Math.floor(victim * rows.length)];
    return row === undefined ? undefined : rebuildWorkflowId(row.id);
  };
  return poll(() => look('writer_id IS NOT NULL'), { what: 'a copy', timeout: search }).catch(() =>
    look('true').catch(() => undefined),
  );
}
