import type { Activities } from '../../../src/activities/activities.js';
import type { CopyCounts } from '../../../src/domain/copy-counts.js';
import type { AppliedFault, Fault, FaultTarget } from './fault.js';
import type { activityFaults } from './fault-kinds.js';
import type { PlannedFault } from './fault-plan.js';
import { typeVerb, type Verb } from './operator-command.js';
import { type ActivityType, pendingActivity } from './pending-activity.js';

/** What a step that writes and was completed by hand claims to have done. */
const counts: CopyCounts = {
  objects_total: 0,
  objects_done: 0,
  objects_unchanged: 0,
  objects_removed: 0,
  bytes_total: 0,
  bytes_done: 0,
};

/**
 * What an operator answers in the place of a step. Nothing here proves anything, so each may be a lie. A purge that is
 * completed or failed by hand stays owed.
 */
const claims: Partial<{ readonly [Type in keyof Activities]: Awaited<ReturnType<Activities[Type]>> }> = {
  beginRebuild: null,
  copyBuild: counts,
  removeStale: counts,
  finishRebuild: false,
  buildDashboard: false,
};

/** Which steps a verb is for, and what is typed; the ids of workflow and activity are added. */
interface ActivityVerb {
  readonly isFor?: (type: ActivityType) => boolean;
  readonly verb: (type: ActivityType) => Verb;
}

const verbs: Readonly<Record<(typeof activityFaults)[number], ActivityVerb>> = {
  'pause an activity': {
    verb: () => ({ begin: ['activity', 'pause'], end: ['activity', 'unpause'] }),
  },
  'reset an activity': { verb: () => ({ begin: ['activity', 'reset'] }) },
  "change an activity's options": {
    verb: () => ({ begin: ['activity', 'update-options', '--heartbeat-timeout', '20s'] }),
  },
  'complete an activity by hand': {
    isFor: (type) => claims[type] !== undefined,
    verb: (type) => ({ begin: ['activity', 'complete', '--result', JSON.stringify(claims[type])] }),
  },
  'fail an activity by hand': {
    verb: () => ({ begin: ['activity', 'fail', '--reason', 'chaos'] }),
  },
};

/** An activity that ends while the command is typed is refused, and another one chosen. */
const tries = 3;

/** Does what an operator would, with the real command, to a step that is under way. */
export function activityFault(kind: (typeof activityFaults)[number]): Fault {
  return async (target, planned) => {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await typeOnce(target, planned, verbs[kind]);
      } catch (error) {
        if (attempt === tries) throw error;
      }
  };
}

async function typeOnce(
  target: FaultTarget,
  planned: PlannedFault,
  { isFor = () => true, verb }: ActivityVerb,
): Promise<AppliedFault> {
  const { workflowId, activityId, type } = await pendingActivity(target, planned, isFor);
  const about = ['--workflow-id', workflowId, '--activity-id', activityId];
  const applied = await typeVerb(target, verb(type), about);
  return { ...applied, detail: `${applied.detail} (${type})` };
}
