import type { Activities } from '../../../src/activities/activities.js';
import { workflowTypes } from '../../../src/workflows/contract.js';
import { poll } from '../../poll.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { PlannedFault } from './fault-plan.js';

/** The name of an activity. */
export type ActivityType = keyof Activities;

/** An activity that waits or is under way. */
export interface PendingActivity {
  readonly workflowId: string;
  readonly activityId: string;
  readonly type: ActivityType;
}

/** It is looked for during so long. Milliseconds. */
const search = 4_000;

const types = [workflowTypes.rebuildEdition, workflowTypes.buildDashboard].map((type) => `'${type}'`);
const open = `ExecutionStatus IN ('Running', 'Paused') AND WorkflowType IN (${types.join(', ')})`;

/**
 * One of the pending activities of rebuilds and dashboards that are meant: each type with the same chance, so that the
 * copies, which are most, do not hide the rest.
 *
 * @throws {Error} when there is none for a while.
 */
export async function pendingActivity(
  { temporal }: Pick<ChaosStack, 'temporal'>,
  { victim }: Pick<PlannedFault, 'victim'>,
  isMeant: (type: ActivityType) => boolean,
): Promise<PendingActivity> {
  return poll(
    async () => {
      const pending = (await pendingActivities(temporal)).filter(({ type }) => isMeant(type));
      const there = [...new Set(pending.map(({ type }) => type))];
      const place = victim * there.length;
      const ofType = pending.filter(({ type }) => type === there[Math.floor(place)]);
      return ofType[Math.floor((place % 1) * ofType.length)];
    },
    { what: 'an activity', timeout: search, interval: 200 },
  );
}

async function pendingActivities(temporal: ChaosStack['temporal']): Promise<readonly PendingActivity[]> {
  const workflowIds: string[] = [];
  for await (const { workflowId } of temporal.workflow.list({ query: open })) workflowIds.push(workflowId);
  const found = await Promise.all(
    workflowIds.map(async (workflowId) => {
      const { raw } = await temporal.workflow.getHandle(workflowId).describe();
      return (raw.pendingActivities ?? []).map(({ activityId, activityType }) => ({
        workflowId,
        activityId: activityId ?? '',
        type: activityType?.name as ActivityType, // these workflows schedule no others
      }));
    }),
  );
  return found.flat();
}
