import assert from 'node:assert/strict';
import { createNarrator, type Narrator } from '../../../dev/demo/narrator.js';

describe('createNarrator', () => {
  let written: string;
  let time: number;
  let narrator: Narrator;

  const start = (isTTY: boolean): void => {
    written = '';
    time = 0;
    const write = (text: string): void => {
      written += text;
    };
    narrator = createNarrator({ isTTY, write }, () => time);
  };
  /** A step that shows its progress and takes the given time. */
  const step = (...progress: readonly (readonly [milliseconds: number, text: string])[]): Promise<number> =>
    narrator.step({
      title: 'uploading',
      work: (show) => {
        for (const [milliseconds, text] of progress) {
          time += milliseconds;
          show(text);
        }
        return Promise.resolve(3);
      },
      describe: (files) => `${files} files are uploaded`,
    });

  it('prints one line about a step with its duration', async () => {
    start(false);
    assert.equal(await step([1_234, '']), 3);
    assert.equal(written.split('\n').at(-2), '  1.23 s  3 files are uploaded');
  });

  it('prints changed progress at most once a second where lines cannot be overwritten', async () => {
    start(false);
    await step([10, 'a'], [1_000, 'b'], [10, 'c'], [1_000, 'b'], [1_000, 'd']);
    assert.deepEqual(
      written.split('\n').map((line) => line.trim()),
      ['b', 'd', '3.02 s  3 files are uploaded', ''],
    );
  });

  it('overwrites one line on a terminal, and leaves only the last text', async () => {
    start(true);
    await step([10, 'a'], [10, 'b']);
    const visible = written.split('\n').map((line) => line.split('\u001b[2K').at(-1));
    assert.deepEqual(visible, ['  0.02 s  3 files are uploaded', '']);
    assert.ok(written.includes('a') && written.includes('uploading ...'));
  });

  it('names the failed step, and throws its error', async () => {
    start(false);
    const failure = new Error('disk full');
    await assert.rejects(narrator.step({ title: 'uploading', work: () => Promise.reject(failure) }), failure);
    assert.equal(written, '  0.00 s  Failed: uploading\n');
  });
});
