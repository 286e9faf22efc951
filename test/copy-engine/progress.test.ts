import assert from 'node:assert/strict';
import type { Checkpoint } from '../../src/copy-engine/progress.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';

describe('CopyProgress', () => {
  it('counts finished objects at once, and moves the cursor over finished keys in key order', () => {
    const progress = new CopyProgress();
    const a = progress.begin('a');
    progress.goPast('b', 1);
    const c = progress.begin('c');
    progress.end(c, 10);
    assert.equal(progress.counts.objects_done, 2);
    assert.equal(progress.checkpoint.cursor, null);
    assert.equal(progress.checkpoint.counts.objects_done, 0);
    assert.equal(progress.openCopies, 2);
    progress.end(a, 10);
    assert.equal(progress.checkpoint.cursor, 'c');
    assert.deepEqual(progress.checkpoint.counts, {
      objects_total: 0,
      objects_done: 3,
      objects_unchanged: 1,
      objects_removed: 0,
      bytes_done: 20,
      bytes_total: 0,
    });
    assert.equal(progress.openCopies, 0);
  });

  it('moves the cursor past keys of another pass without counting them', () => {
    const progress = new CopyProgress();
    progress.goPast('a', 0);
    assert.equal(progress.checkpoint.cursor, 'a');
    assert.equal(progress.counts.objects_done, 0);
  });

  it('moves the cursor past a key only after the copies before it have ended', () => {
    const progress = new CopyProgress();
    const a = progress.begin('a');
    progress.goPast('b', 0);
    assert.equal(progress.checkpoint.cursor, null);
    progress.end(a, 1);
    assert.equal(progress.checkpoint.cursor, 'b');
  });

  it('counts unchanged objects in the checkpoint once the copies before them have ended', () => {
    const progress = new CopyProgress();
    progress.countUnchanged(2);
    const a = progress.begin('a');
    progress.countUnchanged(3);
    assert.equal(progress.counts.objects_unchanged, 5);
    assert.equal(progress.checkpoint.counts.objects_unchanged, 2);
    progress.end(a, 1);
    assert.equal(progress.checkpoint.counts.objects_unchanged, 5);
    assert.equal(progress.checkpoint.counts.objects_done, 6);
  });

  it('begins a pass without a cursor and keeps the counts', () => {
    const progress = new CopyProgress();
    progress.end(progress.begin('a'), 1);
    progress.beginPass('pages');
    assert.equal(progress.checkpoint.pass, 'pages');
    assert.equal(progress.checkpoint.cursor, null);
    assert.equal(progress.checkpoint.counts.objects_done, 1);
  });

  it('continues its counts from a checkpoint', () => {
    const first = new CopyProgress();
    first.countTotal(3, 30);
    first.end(first.begin('a'), 10);
    first.begin('b');
    const resumed = new CopyProgress(structuredClone(first.checkpoint));
    assert.deepEqual([resumed.pass, resumed.cursor], ['assets', 'a']);
    resumed.end(resumed.begin('b'), 10);
    const { objects_total, objects_done, bytes_done, bytes_total } = resumed.counts;
    assert.deepEqual([objects_total, objects_done, bytes_done, bytes_total], [3, 2, 20, 30]);
  });

  it('keeps each checkpoint below 2 KiB, whatever the keys, and never ahead of finished copies', () => {
    const progress = new CopyProgress();
    const checkpoints: Checkpoint[] = [];
    const controls = '\u0001'.repeat(1_024);
    for (const key of ['a', controls, 'ä'.repeat(512), 'z']) {
      progress.end(progress.begin(key), 1);
      checkpoints.push(progress.checkpoint);
    }
    for (const checkpoint of checkpoints)
      assert.ok(Buffer.byteLength(JSON.stringify(checkpoint)) < 2_048, JSON.stringify(checkpoint));
    assert.deepEqual(
      checkpoints.map(({ cursor, counts }) => [cursor?.length, counts.objects_done]),
      [
        [1, 1],
        [1, 1],
        [512, 3],
        [1, 4],
      ],
    );
  });
});
