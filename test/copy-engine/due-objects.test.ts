import assert from 'node:assert/strict';
import { DueObjects } from '../../src/copy-engine/due-objects.js';

describe('DueObjects', () => {
  const entry = (key: string) => ({ key, etag: 'e', size: 1, headers: { system: {}, metadata: {} } });

  it('keeps the objects to copy and counts the unchanged objects between them', () => {
    const due = new DueObjects(10);
    due.noteUnchanged();
    due.noteDue(entry('b'));
    due.noteDue(entry('c'));
    due.noteUnchanged();
    assert.deepEqual(
      due.objects.map(({ entry: { key }, unchangedBefore }) => [key, unchangedBefore]),
      [
        ['b', 1],
        ['c', 0],
      ],
    );
    assert.deepEqual([due.unchangedAfter, due.notedUpTo], [1, null]);
  });

  it('reports the last noted key once its capacity is reached, and counts nothing after it', () => {
    const due = new DueObjects(2);
    for (const key of ['a', 'b']) due.noteDue(entry(key));
    assert.equal(due.notedUpTo, null);
    due.noteUnchanged();
    due.noteDue(entry('d'));
    due.noteUnchanged();
    assert.equal(due.objects.length, 2);
    assert.deepEqual([due.unchangedAfter, due.notedUpTo], [0, 'b']);
  });
});
