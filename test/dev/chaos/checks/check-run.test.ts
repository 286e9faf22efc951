import assert from 'node:assert/strict';
import { undecodable } from '../../../../dev/chaos/chaos-stack.js';
import { checkRun } from '../../../../dev/chaos/checks/check-run.js';
import type { Evidence } from '../../../../dev/chaos/checks/violation.js';
import type { FinalRun } from '../../../../dev/chaos/final-state.js';
import type { ChaosEvent } from '../../../../dev/chaos/history.js';
import { pageOf, siteOf } from '../../../../dev/chaos/site.js';
import {
  edition,
  evidence,
  holding,
  object,
  objects,
  read,
  rebuild,
  removal,
  request,
  run,
  task,
  write,
} from './made-history.js';

/** A path that build 1 has and build 2 has not. */
const onlyInFirst = siteOf(1).find(({ path }) => !siteOf(2).some((file) => file.path === path))?.path ?? '';

const { md5, bytes } = object('', pageOf({ build: 2, path: 'index.html', revision: 1 }).content);
const changedIndex = { md5, bytes };

/** Build 3 was declared after all, and reset. */
const withReset = [
  rebuild(),
  rebuild({ generation: 2 }),
  rebuild({ generation: 3, requestedAt: 5_000, finishedAt: 6_000, outcome: 'reset' }),
];

/** Edition 1 is deprecated. */
const deprecated = ({ at }: { readonly at: number }) =>
  request({ at, verb: 'deprecate', edition: 1, build: null, task: 'task-3' });

/** A build that edition 1 follows is registered, which revives it. */
const registered = ({ at }: { readonly at: number }) => request({ at, verb: 'register', build: 2, task: 'task-3' });

const buildsUpTo = (last: number) =>
  Array.from({ length: last }, (_, index) => ({
    id: index + 1,
    product: 'alpha',
    slug: String(index + 1),
    refs: ['main'],
  }));

function starvedRun(times: number): FinalRun {
  const taskFailures = Array.from({ length: times }, () => 'cause 14: Script execution timed out after 5000ms');
  return run({ taskFailures });
}

/** One whose history Temporal made so that no SDK replays it. */
function unreplayableRun(status: string): FinalRun {
  const said = 'WorkflowTaskMachine in state Scheduled says the transition is invalid during event EventInfo';
  return run({ status, taskFailures: [`cause 14: ${said}`] });
}

/** A key of the CDN that expired before the second build was published, and its repair. */
const expiredKey: readonly ChaosEvent[] = (
  [
    [3_500, 'begins'],
    [40_000, 'ends'],
  ] as const
).map(([at, phase]) => ({
  kind: 'fault',
  at,
  fault: "the cdn's key expires",
  phase,
  detail: 'unauthorized',
}));

/** Each violation, the message of the check that finds it, and a history with it. */
const broken: readonly (readonly [violation: string, message: RegExp, history: Evidence])[] = [
  [
    'an accepted request without a task',
    /task-9.*is not there/,
    evidence({ events: [request({ at: 5_000, task: 'task-9', verb: 'reset', edition: 1, build: null })] }),
  ],
  [
    'a registered build that does not exist',
    /'register'.*build 9.*its build is not there/,
    evidence({
      events: [request({ at: 5_000, verb: 'register', task: 'task-3', build: 9 })],
      final: { tasks: [task(1), task(2), task(3, { rebuilds: [] })] },
    }),
  ],
  [
    'a lost deprecation',
    /edition 1 is not deprecated, though 'deprecate' \(task task-3\) was accepted last/,
    evidence({
      events: [registered({ at: 5_000 }), deprecated({ at: 6_000 })],
      final: { tasks: [task(1), task(2), task(3, { rebuilds: [] })] },
    }),
  ],
  [
    'an edition that a new build did not revive',
    /edition 1 is deprecated, though 'register' \(task task-3\) was accepted last/,
    evidence({
      events: [deprecated({ at: 5_000 }), registered({ at: 6_000 })],
      final: {
        tasks: [task(1), task(2), task(3, { rebuilds: [] })],
        editions: [edition({ deprecated: true })],
      },
    }),
  ],
  [
    'an edition that no request deprecated',
    /edition 1 is deprecated, and nobody asked for that/,
    evidence({ final: { editions: [edition({ deprecated: true })] } }),
  ],
  [
    'a task without an end',
    /task task-2 has no end/,
    evidence({ final: { tasks: [task(1), task(2, { status: null })] } }),
  ],
  [
    'a task that ended as SUCCESS though its rebuild failed',
    /ended as SUCCESS, but its rebuilds \(failed\) make it FAILURE/,
    evidence({ final: { rebuilds: [rebuild(), rebuild({ generation: 2, outcome: 'failed' })] } }),
  ],
  [
    'a task that ended as SUCCESS though a rebuild of another build superseded its rebuild',
    /ended as SUCCESS, but its rebuilds \(superseded\) make it REVOKED/,
    evidence({
      final: {
        rebuilds: [rebuild({ outcome: 'superseded', supersededBy: '2' }), rebuild({ generation: 2 })],
      },
    }),
  ],
  [
    'a task that ended as REVOKED though a published rebuild of the same build superseded its rebuild',
    /ended as REVOKED, but its rebuilds \(published\) make it SUCCESS/,
    evidence({
      final: {
        rebuilds: [rebuild({ build: 2, outcome: 'superseded', supersededBy: '2' }), rebuild({ generation: 2 })],
        tasks: [task(1, { status: 'REVOKED', told: 'REVOKED' }), task(2)],
      },
    }),
  ],
  [
    'a rebuild that failed for a temporary reason',
    /generation 2 of edition 1 failed for what passes: activity Heartbeat timeout/,
    evidence({
      final: {
        rebuilds: [rebuild(), rebuild({ generation: 2, outcome: 'failed', error: 'activity Heartbeat timeout' })],
      },
    }),
  ],
  [
    'an API whose answer contradicts the database',
    /ended as SUCCESS, but the API says STARTED/,
    evidence({ final: { tasks: [task(1), task(2, { told: 'STARTED' })] } }),
  ],
  [
    'an accepted rollback whose task has no rebuild of its build',
    /'roll back'.*has no rebuild of that build/,
    evidence({
      events: [request({ at: 3_500, verb: 'roll back', edition: 1, build: 2, task: 'task-3' })],
      final: { tasks: [task(1), task(2), task(3, { rebuilds: [] })] },
    }),
  ],
  [
    'a declared build without a request',
    /declares build 7, which nobody asked for/,
    evidence({ final: { editions: [edition({ declared: 7 })] } }),
  ],
  [
    'a newer build whose completed upload was lost',
    /'announce' of build 2 \(task task-2\) was accepted and nothing that came later explains it/,
    evidence({
      final: { editions: [edition({ declared: 1, published: 1 })] },
    }),
  ],
  [
    'a lost rollback after its acceptance',
    /'roll back' of build 1 \(task task-3\) was accepted/,
    evidence({ events: [request({ at: 50_000, verb: 'roll back', edition: 1, build: 1, task: 'task-3' })] }),
  ],
  [
    'an edition that shows an older build than the one published last',
    /shows 1, and build 2 was published last/,
    evidence({ final: { editions: [edition({ published: 1 })] } }),
  ],
  ['an incomplete page', /is not a whole page/, evidence({ events: [read({ build: null })] })],
  [
    'a page of a build before it was declared',
    /build 2, which had never been declared/,
    evidence({ events: [read({ at: 2_100, build: 2 })] }),
  ],
  [
    'a page of an old build after a newer one was published',
    /of build 1, though build 2 had been published over it/,
    evidence({ events: [read({ at: 6_000, build: 1 })] }),
  ],
  [
    'a 404 for a page that all possible builds have',
    /answered 404, though every build/,
    evidence({ events: [read({ at: 3_500, status: 404, build: null })] }),
  ],
  [
    'a read without a page long after the faults',
    /answered 503, long after the last fault/,
    evidence({ events: [read({ at: 130_000, status: 503, build: null })] }),
  ],
  [
    'an old page at the edge at rest',
    /at rest the edge answers .* with 200, build 1/,
    evidence({ final: { pages: [{ edition: 1, path: onlyInFirst, status: 200, build: 1 }] } }),
  ],
  [
    'a missing object of the published build',
    /index.html is missing/,
    evidence({ final: { objects: objects().filter(({ key }) => key !== 'alpha/v/main/index.html') } }),
  ],
  [
    'a stale object in an edition',
    /stale.html is there/,
    evidence({ final: { objects: [...objects(), object('alpha/v/main/stale.html', 'old')] } }),
  ],
  [
    'an object with the bytes of another build',
    /index.html: its bytes are not those/,
    evidence({
      final: {
        objects: objects().map((each) =>
          each.key === 'alpha/v/main/index.html' ? { ...each, md5: 'of something else' } : each,
        ),
      },
    }),
  ],
  [
    'an object with wrong headers',
    /index.html: its headers are/,
    evidence({
      final: {
        objects: objects().map((each) =>
          each.key === 'alpha/v/main/index.html' ? { ...each, headers: { system: {}, metadata: {} } } : each,
        ),
      },
    }),
  ],
  [
    'a changed object of a build',
    /build 2 no longer has index.html as it was uploaded/,
    evidence({
      final: {
        objects: objects().map((each) =>
          each.key.endsWith('/index.html') ? { ...each, md5: 'of something else' } : each,
        ),
      },
    }),
  ],
  [
    'an object below an earlier slug',
    /alpha\/v\/old\/a.html is left of a slug/,
    evidence({
      final: {
        rebuilds: [rebuild({ slug: 'old' }), rebuild({ generation: 2 })],
        objects: [...objects(), object('alpha/v/old/a.html', 'old')],
      },
    }),
  ],
  [
    'a copy of an old build after a newer one was published',
    /build 1 was written to alpha\/v\/main\/ after build 2 had been published over it \(2 objects\)/,
    evidence({ events: [write({ at: 4_500 }), write({ at: 4_600 })] }),
  ],
  [
    'a copy of a build long after its rebuild was reset',
    /build 3 was written to alpha\/v\/main\/ more than 13 s after its rebuild ended \(reset\)/,
    evidence({
      events: [write({ at: 50_000, source: 'bucket/alpha/builds/3/index.html' })],
      final: { rebuilds: withReset, builds: buildsUpTo(3) },
    }),
  ],
  [
    'a copy of a build that no request declared',
    /build 3 was written .* after build 2 had been published over it/,
    evidence({
      events: [write({ at: 5_000, source: 'bucket/alpha/builds/3/index.html' })],
      final: { builds: buildsUpTo(3) },
    }),
  ],
  [
    'a copy of a build after the copy of a newer one began',
    /build 1 was written to alpha\/v\/main\/ after generation 2 had begun to be written over it/,
    evidence({
      events: [write({ at: 3_550 })],
      final: { rebuilds: [rebuild({ outcome: 'superseded' }), rebuild({ generation: 2 })] },
    }),
  ],
  [
    'a deletion of an object of the published build',
    /of alpha\/v\/main\/ was removed what every build has that it may show then \(2\) \(2 objects\)/,
    evidence({ events: [removal({ at: 5_000 }), removal({ at: 5_001 })] }),
  ],
  [
    'a deletion of an object that the published build and the next one have, during the copy',
    /of alpha\/v\/main\/ was removed what every build has that it may show then \(1, 2\)/,
    evidence({ events: [removal()] }),
  ],
  [
    'an undelivered event',
    /1 events of edition 1 were not delivered/,
    evidence({ final: { events: [{ edition: 1, build: 1, outcome: null }] } }),
  ],
  [
    'events out of order',
    /told of the builds 1, 2, 1, and it was owed 1, 2/,
    evidence({ events: [{ kind: 'delivery', at: 5_000, edition: 1, build: 1 }] }),
  ],
  [
    'an event of an unknown edition',
    /of edition 9 the receiver was told of the builds 1, and it was owed $/,
    evidence({ events: [{ kind: 'delivery', at: 5_000, edition: 9, build: 1 }] }),
  ],
  [
    'a run that fails again and again',
    /7 runs of record-manifest-1 failed, and at most 6 should/,
    evidence({
      final: {
        runs: Array.from({ length: 7 }, () => run({ workflowId: 'record-manifest-1', status: 'FAILED' })),
      },
    }),
  ],
  [
    'a run that fails long after the faults',
    /reconcile-2026 \(run\) failed long after the last fault/,
    evidence({
      final: { runs: [run({ workflowId: 'reconcile-2026', status: 'FAILED', failedAt: 135_000 })] },
    }),
  ],
  [
    'a step that still fails long after the faults',
    /recordManifest of record-manifest-1 \(run\) still fails: no luck/,
    evidence({
      final: {
        runs: [
          run({
            workflowId: 'record-manifest-1',
            status: 'RUNNING',
            failing: [{ type: 'recordManifest', at: 135_000, message: 'no luck' }],
          }),
        ],
      },
    }),
  ],
  ['a pending edition', /is pending/, evidence({ final: { editions: [edition({ pending: true })] } })],
  ['a dirty edition', /is dirty/, evidence({ final: { editions: [edition({ dirty: true })] } })],
  [
    'a writer that never released its lease',
    /in the hands of/,
    evidence({ final: { editions: [edition({ busy: true })] } }),
  ],
  [
    'a slug that is still held',
    /holding the slugs main, old/,
    evidence({ final: { editions: [edition({ held: ['main', 'old'] })] } }),
  ],
  [
    'a rebuild without an outcome',
    /generation 3 of edition 1 has no outcome/,
    evidence({
      final: {
        rebuilds: [
          rebuild(),
          rebuild({ generation: 2 }),
          rebuild({ generation: 3, build: 2, outcome: null, finishedAt: null }),
        ],
      },
    }),
  ],
  [
    'a dashboard older than its product',
    /dashboard of alpha is behind/,
    evidence({ final: { dashboardsBehind: ['alpha'] } }),
  ],
  [
    'a workflow that fails in a loop',
    /workflow task of rebuild-edition-1 \(run\) failed: TypeError/,
    evidence({
      final: {
        runs: [run({ taskFailures: ['TypeError'] })],
      },
    }),
  ],
  [
    'a workflow that blocks its thread',
    /workflow task of rebuild-edition-1 \(run\) failed: cause 14: Script execution timed out after 5000ms/,
    evidence({ final: { runs: [starvedRun(3)] } }),
  ],
  [
    'an unreplayable run without a replacement',
    /workflow task of rebuild-edition-1 \(run\) failed: cause 14: WorkflowTaskMachine/,
    evidence({ final: { runs: [unreplayableRun('COMPLETED')] } }),
  ],
  [
    'a run that never closes',
    /is still open \(RUNNING\), and nothing is left to do/,
    evidence({ final: { runs: [run({ status: 'RUNNING' })] } }),
  ],
  [
    'a run that stays paused',
    /is still open \(PAUSED\), and nothing is left to do/,
    evidence({ final: { runs: [run({ status: 'PAUSED' })] } }),
  ],
  [
    'a rebuild that a clock an hour ahead dated',
    /generation 2 of edition 1 is dated after the end of the run/,
    evidence({
      final: {
        rebuilds: evidence().final.rebuilds.map((each) =>
          each.generation === 2 ? { ...each, finishedAt: each.requestedAt + 3_600_000 } : each,
        ),
      },
    }),
  ],
  [
    'an old page two minutes after the key of the CDN was repaired',
    /is of build 1, though build 2 had been published over it/,
    evidence({ events: [...expiredKey, read({ at: 170_000, build: 1 })] }),
  ],
  ['a connection left at rest', /connection left: x/, evidence({ final: { connections: ['x'] } })],
  ['a process left at rest', /process: 42 outlived/, evidence({ final: { strays: ['42 outlived the stack'] } })],
  [
    'a process with too much memory',
    /worker holds 601 MiB, more than 600/,
    evidence({ final: { processes: [holding({ memory: 601 })] } }),
  ],
  [
    'too many open descriptors',
    /worker has 201 descriptors open/,
    evidence({ final: { processes: [holding({ descriptors: 201 })] } }),
  ],
  [
    'more connections than a pool may hold',
    /worker has 11 connections to PostgreSQL, and its pool may hold 10/,
    evidence({ final: { processes: [holding({ connections: 11 })] } }),
  ],
  ['a multipart upload left at rest', /multipart upload of a\/b/, evidence({ final: { uploads: ['a/b'] } })],
];

describe('the checks of a chaos run', () => {
  it('finds nothing in a history that keeps every promise', () => {
    assert.deepEqual(checkRun(evidence()), []);
  });

  for (const [violation, message, history] of broken)
    it(`finds ${violation}`, () => {
      const found = checkRun(history).map(({ text }) => text);
      assert.ok(
        found.some((text) => message.test(text)),
        `found: ${found.join('\n') || 'nothing'}`,
      );
    });

  it('finds an edition that came to rest too late, or never', () => {
    const { events, final } = evidence();
    const late = events.map((event) =>
      event.kind === 'mark' && event.mark === 'at rest' ? { ...event, at: 170_000 } : event,
    );
    assert.match(checkRun({ events: late, final })[0]?.text ?? '', /came to rest only 70000 ms after/);
    const never = events.filter((event) => event.kind !== 'mark' || event.mark !== 'at rest');
    assert.match(checkRun({ events: never, final })[0]?.text ?? '', /never came to rest/);
  });

  const allowed: readonly (readonly [what: string, history: Evidence])[] = [
    [
      'an old page while the CDN refuses the key, and until its repair has reached every purge',
      evidence({ events: [...expiredKey, read({ at: 20_000, build: 1 }), read({ at: 60_000, build: 1 })] }),
    ],
    [
      'a page of the build that a rebuild is publishing',
      evidence({ events: [read({ at: 3_500, build: 2 }), read({ at: 3_600, build: 1 })] }),
    ],
    [
      'a 404 for a page that one of the possible builds does not have',
      evidence({ events: [read({ at: 3_500, path: onlyInFirst, status: 404, build: null })] }),
    ],
    [
      'the completed upload of an older build after a newer one',
      evidence({
        events: [request({ at: 5_000, build: 1, task: 'task-3' })],
        final: { tasks: [task(1), task(2), task(3, { rebuilds: [] })] },
      }),
    ],
    [
      'a request without an answer and without an effect',
      evidence({ events: [request({ status: 0, task: null, build: 1 })] }),
    ],
    [
      'a copy sent just before its rebuild was reset',
      evidence({
        events: [
          write({ at: 17_000, source: 'bucket/alpha/builds/3/index.html' }),
          request({ at: 4_900, build: 3, verb: 'roll back', edition: 1, task: 'task-3' }),
        ],
        final: {
          rebuilds: withReset,
          builds: buildsUpTo(3),
          tasks: [task(1), task(2), task(3, { status: 'REVOKED', told: 'REVOKED' })],
          editions: [edition({ declared: 3 })],
        },
      }),
    ],
    [
      'a deletion of an object that only the previous build has',
      evidence({ events: [removal({ key: `alpha/v/main/${onlyInFirst}` })] }),
    ],
    [
      'a deletion below the earlier slug of an edition',
      evidence({
        events: [removal({ at: 3_500 })],
        final: {
          rebuilds: [rebuild(), rebuild({ generation: 2, slug: 'renamed' })],
          editions: [edition({ slug: 'renamed', publishedSlug: 'renamed', held: ['renamed'] })],
          objects: objects().map((each) => ({
            ...each,
            key: each.key.replace('alpha/v/main', 'alpha/v/renamed'),
          })),
        },
      }),
    ],
    [
      'an edition revived by a build that may be younger than the deprecation',
      evidence({
        events: [deprecated({ at: 5_000 }), registered({ at: 5_050 })],
        final: { tasks: [task(1), task(2), task(3, { rebuilds: [] })] },
      }),
    ],
    [
      'a step that failed during the faults and waits for its retry',
      evidence({
        final: {
          runs: [
            run({
              workflowId: 'record-manifest-1',
              status: 'RUNNING',
              failing: [{ type: 'recordManifest', at: 90_000, message: 'no luck' }],
            }),
          ],
        },
      }),
    ],
    ['a failed workflow task of a frozen worker', evidence({ final: { runs: [starvedRun(2)] } })],
    [
      'an open run at rest whose memo no worker can decode',
      evidence({
        final: { runs: [run({ status: 'RUNNING', taskFailures: [`cause 14: Unknown encoding: ${undecodable}`] })] },
      }),
    ],
    ['an unreplayable run that another one replaced', evidence({ final: { runs: [unreplayableRun('TERMINATED')] } })],
    [
      'an event delivered twice in a row',
      evidence({ events: [{ kind: 'delivery', at: 5_000, edition: 1, build: 2 }] }),
    ],
    [
      'a page of a build that changed after its upload was completed',
      evidence({
        events: [{ kind: 'change', at: 3_000, build: 2, path: 'index.html', revision: 1 }],
        final: {
          objects: objects().map((each) =>
            each.key === 'alpha/builds/2/index.html' ? { ...each, ...changedIndex } : each,
          ),
        },
      }),
    ],
    ['a read without a page during the faults', evidence({ events: [read({ status: 503, build: null })] })],
  ];
  for (const [what, history] of allowed)
    it(`accepts ${what}`, () => {
      assert.deepEqual(checkRun(history), []);
    });
});
