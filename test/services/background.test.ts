import assert from 'node:assert/strict';
import { createBackground } from '../../src/services/background.js';

/** Work that is done when the test says so. */
function work() {
  let done: () => void = () => assert.fail('not begun');
  let begun = false;
  return {
    isBegun: () => begun,
    begin: () => {
      begun = true;
      return new Promise<void>((resolve) => {
        done = resolve;
      });
    },
    done: () => {
      done();
    },
  };
}

/** Notes when a promise resolves. */
function watch(promise: Promise<void>): { resolved: boolean } {
  const watched = { resolved: false };
  void promise.then(() => {
    watched.resolved = true;
  });
  return watched;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what goes on in the background', () => {
  it('keeps nobody waiting', async () => {
    const one = work();
    await createBackground().run(one.begin);
    one.done();
  });

  it('is held back where too much is going on already, until there is room, in order', async () => {
    const [one, two, three] = [work(), work(), work()];
    const background = createBackground(1);
    await background.run(one.begin);
    const [second, third] = [watch(background.run(two.begin)), watch(background.run(three.begin))];
    await turn();
    assert.deepEqual([second.resolved, two.isBegun()], [false, false]);
    one.done();
    await turn();
    assert.deepEqual([second.resolved, two.isBegun()], [true, true]);
    assert.deepEqual([third.resolved, three.isBegun()], [false, false]);
    two.done();
    await turn();
    assert.deepEqual([third.resolved, three.isBegun()], [true, true]);
    three.done();
    await turn();
    // There is room again.
    await background.run(() => new Promise(() => undefined));
  });

  it('is settled once all is done, what was begun meanwhile, too', async () => {
    const [one, two] = [work(), work()];
    const background = createBackground();
    await background.run(one.begin);
    const settled = watch(background.settled());
    await background.run(two.begin);
    one.done();
    await turn();
    assert.equal(settled.resolved, false);
    two.done();
    await turn();
    assert.equal(settled.resolved, true);
    await background.settled();
  });

  it('does not begin in the end what still waits for room', async () => {
    const [one, two] = [work(), work()];
    const background = createBackground(1);
    await background.run(one.begin);
    const second = background.run(two.begin);
    const settled = watch(background.settled());
    await second;
    assert.equal(settled.resolved, false);
    one.done();
    await turn();
    assert.deepEqual([settled.resolved, two.isBegun()], [true, false]);
  });
});
