import assert from 'node:assert/strict';
import type { Checkpoint } from '../../src/copy-engine/checkpoint.js';
import { CopyProgress, noGain } from '../../src/copy-engine/progress.js';

const copied = { objects_done: 1, objects_unchanged: 0, bytes_done: 10 };
const unchanged = { objects_done: 1, objects_unchanged: 1, bytes_done: 0 };

describe('CopyProgress', () => {
  const start = (resumed?: Checkpoint): CopyProgress => new CopyProgress(resumed, () => undefined);

  it('counts at once, but moves the cursor over finished keys only, in their order', () => {
    const progress = start();
    const [a, b, c] = ['a', 'b', 'c'].map((key) => progress.begin(key));
    c?.(copied);
    b?.(unchanged);
    assert.equal(progress.counts.objects_done, 2);
    assert.equal(progress.checkpoint.cursor, null);
    assert.equal(progress.checkpoint.counts.objects_done, 0);
    assert.equal(progress.openKeys, 3);
    a?.(copied);
    assert.equal(progress.checkpoint.cursor, 'c');
    assert.deepEqual(progress.checkpoint.counts, {
      objects_total: 0,
      objects_done: 3,
      objects_unchanged: 1,
      objects_removed: 0,
      bytes_done: 20,
    });
    assert.equal(progress.openKeys, 0);
  });

  it('passes over keys of another pass without counting them', () => {
    const progress = start();
    progress.begin('a')(noGain);
    assert.equal(progress.checkpoint.cursor, 'a');
    assert.equal(progress.counts.objects_done, 0);
  });

  it('begins a pass without a cursor, with what was counted before', () => {
    const progress = start();
    progress.begin('a')(copied);
    progress.beginPass('pages');
    assert.equal(progress.checkpoint.pass, 'pages');
    assert.equal(progress.checkpoint.cursor, null);
    assert.equal(progress.checkpoint.counts.objects_done, 1);
  });

  it('shows a total while it is counted, and keeps it once it is final', () => {
    const progress = start();
    progress.countTotal(1_000, false);
    assert.equal(progress.counts.objects_total, 1_000);
    assert.equal(progress.checkpoint.counts.objects_total, 0);
    progress.countTotal(1_234, true);
    progress.begin('a')(copied);
    assert.equal(progress.checkpoint.counts.objects_total, 1_234);
    assert.equal(progress.counts.objects_total, 1_234);
  });

  it('goes on counting from a checkpoint', () => {
    const first = start();
    first.countTotal(3, true);
    first.begin('a')(copied);
    first.begin('b');
    first.begin('c')(copied);
    const second = start(structuredClone(first.checkpoint));
    second.begin('b')(copied);
    second.begin('c')(unchanged);
    assert.deepEqual(second.counts, {
      objects_total: 3,
      objects_done: 3,
      objects_unchanged: 1,
      objects_removed: 0,
      bytes_done: 20,
    });
  });

  it('keeps no cursor that is too long as JSON, and counts right all the same', () => {
    const progress = start();
    progress.begin('a')(copied);
    progress.begin('\u0001'.repeat(1_000))(copied);
    assert.equal(progress.checkpoint.cursor, 'a');
    assert.equal(progress.checkpoint.counts.objects_done, 1);
    progress.begin('z')(copied);
    assert.equal(progress.checkpoint.cursor, 'z');
    assert.equal(progress.checkpoint.counts.objects_done, 3);
    assert.ok(JSON.stringify(progress.checkpoint).length < 2_048);
  });

  it('tells after each object', () => {
    const told: [Checkpoint, number][] = [];
    const progress = new CopyProgress(undefined, (checkpoint, counts) =>
      told.push([checkpoint, counts.objects_done]),
    );
    progress.begin('a')(copied);
    progress.begin('b')(copied);
    assert.deepEqual(
      told.map(([{ cursor }, done]) => [cursor, done]),
      [
        ['a', 1],
        ['b', 2],
      ],
    );
  });
});
