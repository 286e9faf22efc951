/**
 * The slowest files, longest first, as measured on two cores: a file of a minute must not start last. A wrong order
 * costs a few seconds only.
 */
export const longest: readonly string[] = [
  'scenarios/image.test.js',
  'workflows/operator-verbs.test.js',
  'scenarios/killed-at-each-moment.test.js',
  'copy-engine/whole-update.test.js',
  'clients/schemathesis.test.js',
  'scenarios/chaos.test.js',
  'scenarios/many-processes.test.js',
  'scenarios/frozen-worker.test.js',
  'scenarios/temporal-lost.test.js',
  'scenarios/invisible-update.test.js',
  'scenarios/database-restored.test.js',
  'workflows/operators.test.js',
  'dev/main.test.js',
  'scenarios/killed-worker.test.js',
  'workflows/delete-deprecated.test.js',
  'copy-engine/keeper-traps.test.js',
  'scenarios/rolling-restart.test.js',
  'workflows/record-manifest.test.js',
  'scenarios/killed-caller.test.js',
  'copy-engine/copy-build.test.js',
  'clients/conveyor.test.js',
  'scenarios/killed-deletion.test.js',
  'dev/demo/main.test.js',
  'conformance/recordings.test.js',
  'workflows/build-dashboard.test.js',
  'api/main.test.js',
];

/** Sorts test files, relative to `test/`: the slow ones, the other scenarios, then all others by name. */
export function longestFirst(names: readonly string[]): string[] {
  return [...names].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

function rank(name: string): number {
  const at = longest.indexOf(name);
  if (at >= 0) return at;
  return longest.length + (name.startsWith('scenarios/') ? 0 : 1);
}
