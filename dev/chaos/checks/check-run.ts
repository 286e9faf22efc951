import { accountedFor } from './accounted-for.js';
import { atRest } from './at-rest.js';
import { bucketEqualsBuild } from './bucket-equals-build.js';
import { deprecation } from './deprecation.js';
import { declaredBuild } from './declared-build.js';
import { edgeUpToDate } from './edge-up-to-date.js';
import { eventsDelivered } from './events-delivered.js';
import { lateWrites } from './late-writes.js';
import { newestPublished } from './newest-published.js';
import { reads } from './reads.js';
import { believableTimes } from './believable-times.js';
import { failedForAReason } from './failed-for-a-reason.js';
import { healthyRuns } from './healthy-runs.js';
import { noLeaks } from './no-leaks.js';
import type { Check, Evidence, Violation } from './violation.js';
import { wrongRemovals } from './wrong-removals.js';

/** Every promise, by the name that reports give it. */
const checks: Readonly<Record<string, Check>> = {
  'every accepted request is accounted for': accountedFor,
  'what is deprecated stays so': deprecation,
  'the declared build is what requests said': declaredBuild,
  'rebuilds have believable times': believableTimes,
  'the newest is published': newestPublished,
  'what failed had a reason': failedForAReason,
  'readers get whole pages': reads,
  'the edge is up to date': edgeUpToDate,
  'the bucket equals the build': bucketEqualsBuild,
  'only what is wanted is written': lateWrites,
  'only what is stale is removed': wrongRemovals,
  'every publication is told': eventsDelivered,
  'all is at rest within a minute': atRest,
  'workflows are healthy': healthyRuns,
  'nothing leaks': noLeaks,
};

/** What a run broke of all that is promised. */
export function checkRun(evidence: Evidence): readonly Violation[] {
  return Object.entries(checks).flatMap(([check, find]) => find(evidence).map((text) => ({ check, text })));
}
