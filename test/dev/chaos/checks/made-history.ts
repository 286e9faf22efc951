import { createHash } from 'node:crypto';
import type { Evidence } from '../../../../dev/chaos/checks/violation.js';
import type {
  FinalEdition,
  FinalObject,
  FinalProcess,
  FinalRebuild,
  FinalRun,
  FinalState,
  FinalTask,
} from '../../../../dev/chaos/final-state.js';
import type { ChaosEvent, ReadEvent, RemovalEvent, RequestEvent, WriteEvent } from '../../../../dev/chaos/history.js';
import { siteOf } from '../../../../dev/chaos/site.js';

/*
 * A history made by hand in which every promise is kept: edition 1 (`main` of `alpha`) was published with build 1, then
 * with build 2. Tests break one thing in it and see that a check finds just that.
 */

/** Times of the made history, in milliseconds. */
export const times = {
  announced: [1_000, 3_000],
  published: [2_000, 4_000],
  faultsEnd: 100_000,
  atRest: 110_000,
} as const;

/** A request of the made history. */
export function request(overrides: Partial<RequestEvent> = {}): RequestEvent {
  const at = overrides.at ?? times.announced[0];
  return {
    kind: 'request',
    at,
    ended: at + 100,
    verb: 'announce',
    api: '1',
    product: 'alpha',
    status: 200,
    task: 'task-1',
    edition: null,
    build: 1,
    slug: null,
    ...overrides,
  };
}

/** A page that a reader got. */
export function read(overrides: Partial<ReadEvent> = {}): ReadEvent {
  const at = overrides.at ?? 2_500;
  return {
    kind: 'read',
    at,
    ended: at + 10,
    product: 'alpha',
    slug: 'main',
    path: 'index.html',
    status: 200,
    build: 1,
    ...overrides,
  };
}

/** A copy to edition 1, of build 1. */
export function write(overrides: Partial<WriteEvent> = {}): WriteEvent {
  const source = 'bucket/alpha/builds/1/index.html';
  return { kind: 'write', at: 1_500, key: 'alpha/v/main/index.html', source, ...overrides };
}

/** A removal from edition 1. */
export function removal(overrides: Partial<RemovalEvent> = {}): RemovalEvent {
  return { kind: 'removal', at: 3_500, key: 'alpha/v/main/index.html', ...overrides };
}

/** A row of edition 1's history. */
export function rebuild(overrides: Partial<FinalRebuild> = {}): FinalRebuild {
  const generation = overrides.generation ?? 1;
  return {
    id: String(generation),
    edition: 1,
    generation,
    build: generation,
    slug: 'main',
    requestedBy: 'admin',
    requestedAt: times.announced[generation - 1] ?? 5_000,
    finishedAt: times.published[generation - 1] ?? 6_000,
    outcome: 'published',
    supersededBy: null,
    error: null,
    ...overrides,
  };
}

/** A task that waited for the rebuild of the same number. */
export function task(number: number, overrides: Partial<FinalTask> = {}): FinalTask {
  return {
    id: `task-${number}`,
    status: 'SUCCESS',
    told: 'SUCCESS',
    rebuilds: [String(number)],
    ...overrides,
  };
}

/** Edition 1. */
export function edition(overrides: Partial<FinalEdition> = {}): FinalEdition {
  return {
    id: 1,
    product: 'alpha',
    slug: 'main',
    refs: ['main'],
    deprecated: false,
    declared: 2,
    published: 2,
    publishedSlug: 'main',
    pending: false,
    dirty: false,
    busy: false,
    surrogateKey: 'key-of-main',
    held: ['main'],
    restoreAfter: null,
    ...overrides,
  };
}

/** The history with its end; `events` are added, `final` replaces. */
export function evidence(
  change: { readonly events?: readonly ChaosEvent[]; readonly final?: Partial<FinalState> } = {},
): Evidence {
  const events: readonly ChaosEvent[] = [
    request(),
    request({ at: times.announced[1], task: 'task-2', build: 2 }),
    read(),
    read({ at: 5_000, build: 2 }),
    write(),
    write({ at: 3_500, source: 'bucket/alpha/builds/2/index.html' }),
    { kind: 'delivery', at: 2_100, edition: 1, build: 1 },
    { kind: 'delivery', at: 4_100, edition: 1, build: 2 },
    { kind: 'mark', at: times.faultsEnd, mark: 'faults end' },
    { kind: 'mark', at: times.atRest, mark: 'at rest' },
    ...(change.events ?? []),
  ];
  return {
    events: events.toSorted((one, other) => one.at - other.at),
    final: {
      editions: [edition()],
      rebuilds: [rebuild(), rebuild({ generation: 2 })],
      tasks: [task(1), task(2)],
      builds: [1, 2].map((id) => ({ id, product: 'alpha', slug: String(id), refs: ['main'] })),
      objects: objects(),
      runs: [run()],
      pages: [{ edition: 1, path: 'index.html', status: 200, build: 2 }],
      events: [1, 2].map((build) => ({ edition: 1, build, outcome: 'delivered' })),
      dashboardsBehind: [],
      uploads: [],
      connections: [],
      processes: [holding()],
      strays: [],
      ...change.final,
    },
  };
}

/** A run of edition 1's workflow. */
export function run(overrides: Partial<FinalRun> = {}): FinalRun {
  return {
    workflowId: 'rebuild-edition-1',
    runId: 'run',
    status: 'COMPLETED',
    taskFailures: [],
    failedAt: null,
    failing: [],
    ...overrides,
  };
}

/** What a worker holds at rest. */
export function holding(overrides: Partial<FinalProcess> = {}): FinalProcess {
  return { name: 'worker', memory: 200, descriptors: 60, connections: 10, ...overrides };
}

/** The objects of build 2 and of edition 1, which shows it. */
export function objects(): readonly FinalObject[] {
  const files = siteOf(2).flatMap(({ path, content, contentType }) => {
    const headers = { system: { 'content-type': contentType }, metadata: {} };
    const shown = {
      system: { 'content-type': contentType, 'cache-control': 'no-cache' },
      metadata: { 'surrogate-key': 'key-of-main', 'surrogate-control': 'max-age=31536000' },
    };
    return [object(`alpha/builds/2/${path}`, content, headers), object(`alpha/v/main/${path}`, content, shown)];
  });
  return [...files, object('alpha/v/main', '', { system: {}, metadata: { 'dir-redirect': 'true' } })];
}

/** An object of that content. */
export function object(
  key: string,
  content: string,
  headers: FinalObject['headers'] = { system: {}, metadata: {} },
): FinalObject {
  const md5 = createHash('md5').update(content).digest('hex');
  return { key, md5, bytes: Buffer.byteLength(content), headers };
}
