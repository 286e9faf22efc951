/**
 * What is done to a process: `stop` by SIGTERM, as an orchestrator does. The longest freeze is beyond the writer's
 * lease.
 */
export const processFaults = [
  'kill a worker',
  'kill an api',
  'kill temporal',
  'kill postgres',
  'kill the object store',
  'stop a worker',
  'stop an api',
  'freeze a worker',
  'freeze a worker beyond its lease',
  'freeze an api',
  'freeze temporal',
  'freeze postgres',
  'freeze the object store',
] as const;

/** What the object store does wrong for a while. */
export const storeFaults = [
  'the store says SlowDown',
  'the store answers 500',
  'the store cuts connections',
  'the store does not answer',
  'the store answers 200 with an error',
  'the store lists slowly',
  'the store lists short pages',
  'the store repeats pages',
  'the store denies access',
  'the store denies access to a key',
  'the bucket is gone',
  'the bucket is missing for long',
  'the store is full',
] as const;

/** What PostgreSQL does wrong for a while. */
export const databaseFaults = ['postgres has no connections left'] as const;

/**
 * What servers that the service calls do wrong for a while: the CDN, the receiver of events, LTD Dasher, credentials.
 */
export const outsideFaults = [
  'the cdn is down',
  'the cdn is slow',
  'the cdn answers garbage',
  'the receiver is down',
  'the receiver is slow',
  'the receiver answers garbage',
  'dasher is down',
  'dasher is slow',
  'dasher answers garbage',
  "the cdn's key expires",
  'the credentials provider answers 500',
] as const;

/** Clocks that are set wrong, and right again. */
export const clockFaults = [
  "a worker's clock jumps",
  "an api's clock jumps",
  "the store's clock jumps",
  "a worker's clock is an hour ahead",
  "an api's clock is an hour ahead",
] as const;

/** What is done to a publication of its own at the worst moment. */
export const momentFaults = [
  'overtake a slow writer',
  'reset the rebuild of a frozen writer',
  'change a build in the middle of its copy',
] as const;

/** What operators do with the `temporal` command. What pauses something ends by letting it go on. */
export const operatorFaults = [
  'cancel a rebuild',
  'terminate a rebuild',
  'reset a rebuild to its start',
  'reset a rebuild to its last task',
  'reset a rebuild to an event',
  'signal a rebuild',
  'pause a rebuild',
  'replace a rebuild by one whose memo cannot be decoded',
  'hold the copy queue',
  'pause the schedule',
  'trigger the schedule',
] as const;

/** What operators do, with the same command, to whichever step of a rebuild or a dashboard is under way. */
export const activityFaults = [
  'pause an activity',
  'reset an activity',
  "change an activity's options",
  'complete an activity by hand',
  'fail an activity by hand',
] as const;

/** Everything that can be done to a stack. */
export const faultKinds = [
  ...processFaults,
  ...storeFaults,
  ...databaseFaults,
  ...outsideFaults,
  ...clockFaults,
  ...momentFaults,
  ...operatorFaults,
  ...activityFaults,
] as const;

/** One of {@link faultKinds}. */
export type FaultKind = (typeof faultKinds)[number];
