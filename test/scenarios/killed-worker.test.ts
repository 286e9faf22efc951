import assert from 'node:assert/strict';
import { mapEach } from '../../src/process/limits.js';
import type { LogEntry } from '../../dev/object-store/request-log.js';
import type { Checkpoint } from '../../src/copy-engine/progress.js';
import { isPage } from '../../src/domain/copy-passes.js';
import { compareKeys } from '../../src/domain/object-keys.js';
import { eventually } from '../support/eventually.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { announce, contents, makeBuild, makeProduct, readEdition, readTaskOnce, taskEnd } from '../support/scenario.js';
import type { ScenarioTask } from '../support/scenario.js';
import { type LogLine, startWorkerProcess } from '../support/worker-process.js';

const product = 'large';
const destination = `${product}/v/main/`;

/** 2,000 objects, half of them pages. */
const site: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, index) => {
    if (index === 0) return ['index.html', '<h1>Home</h1>'];
    const name = String(index).padStart(4, '0');
    return index % 2 === 0
      ? [`guide/page-${name}.html`, `<h1>${index}</h1>`]
      : [`images/${name}.svg`, `<svg>${index}</svg>`];
  }),
);

/** Few at a time, so that the copy is slow enough to be killed half-way. */
const settings = { LTD_COPY_CONCURRENCY: '32' };

/** Long enough for the server to give the killed attempt up and for the rest of the copy. In milliseconds. */
const timeoutMs = 180_000;

describe('a worker killed with -9 half-way through a copy of 2,000 objects', function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;
  let task: ScenarioTask;
  let resumption: LogLine;
  /** The requests of both attempts, and those of the second one. */
  let requests: readonly LogEntry[];
  let afterKill: readonly LogEntry[];

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, product);
    const build = await makeBuild(keeper, product, {});
    await mapEach(Object.entries(site), 32, ([path, content]) => keeper.bucket.put(build.prefix + path, content));
    const { faults, name: bucket } = keeper.bucket;
    faults.addRule({ id: bucket, match: { bucket }, action: { kind: 'delay', delayMs: 100 } });
    const start = lastSequence();
    const first = await startWorkerProcess(keeper, settings);
    const queuePath = await announce(keeper, build);
    // The progress in the task is the last heartbeat, which the server has.
    await eventually(
      'a heartbeat from half-way',
      async () => {
        const [edition] = (await readTaskOnce(keeper, queuePath)).metadata.editions;
        return edition !== undefined && edition.objects_done > 300;
      },
      timeoutMs,
    );
    await first.kill();
    const killed = lastSequence();
    const second = await startWorkerProcess(keeper, settings);
    task = await taskEnd(keeper, queuePath, timeoutMs);
    faults.removeRule(bucket);
    requests = ofBucket(start);
    afterKill = ofBucket(killed);
    [resumption = assert.fail('the second worker did not copy')] = await second.logged('copy begins');
  });

  after(async () => {
    await keeper.close();
  });

  it('ends the task as SUCCESS with exact counts after a kill in mid-copy', () => {
    assert.equal(task.status, 'SUCCESS');
    const [edition] = task.metadata.editions;
    assert.equal(edition?.outcome, 'published');
    assert.equal(edition.objects_total, 2_000);
    assert.equal(edition.objects_done, 2_000);
  });

  it('resumes from the cursor of the last heartbeat', () => {
    const { cursor, counts } = checkpoint();
    assert.equal(resumption['attempt'], 2);
    assert.notEqual(cursor, null);
    assert.ok(counts.objects_done > 0 && counts.objects_done < 2_000);
  });

  it('copies no object again that was done up to the cursor', () => {
    const again = afterKill.filter(({ operation, key = '' }) => operation === 'CopyObject' && isDone(key));
    assert.deepEqual(
      again.map(({ key }) => key),
      [],
    );
  });

  it('copies no object twice in the second attempt', () => {
    const copies = requests.filter(({ operation, status }) => operation === 'CopyObject' && status === 200);
    const keys = copies.map(({ key = '' }) => key.slice(destination.length)).sort();
    assert.deepEqual(keys, Object.keys(site).sort());
  });

  it('leaves no object missing, stale or extra', async () => {
    assert.deepEqual(await contents(keeper, destination), site);
    const edition = await readEdition(keeper, 1);
    assert.equal(edition.pending_rebuild, false);
    assert.equal(edition.published_build_url, edition.build_url);
  });

  function lastSequence(): number {
    return keeper.bucket.faults.log().at(-1)?.sequence ?? 0;
  }

  function ofBucket(since: number): readonly LogEntry[] {
    return keeper.bucket.faults.log(since).filter(({ bucket }) => bucket === keeper.bucket.name);
  }

  function checkpoint(): Checkpoint {
    return resumption['resumed'] as Checkpoint; // null fails the test of its cursor
  }

  /** Whether a key of the build was done, in its pass, when the last heartbeat was sent. */
  function isDone(key: string): boolean {
    const path = key.split('/').slice(3).join('/');
    const { pass, cursor } = checkpoint();
    if (path === '') return false; // The redirect beside the edition's folder belongs to no build.
    const isInPass = isPage(path) === (pass === 'pages');
    return isInPass ? compareKeys(path, cursor ?? '') <= 0 : pass === 'pages';
  }
});
