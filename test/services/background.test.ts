import assert from 'node:assert/strict';
import { createBackground } from '../../src/services/background.js';

/** Work that is done when the test says so. */
function work(): { readonly promise: Promise<void>; readonly done: () => void } {
  let done: () => void = () => assert.fail('not begun');
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
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
    await createBackground().run(one.promise);
    one.done();
  });

  it('is held back where too much is going on already, until there is room, in order', async () => {
    const [one, two, three] = [work(), work(), work()];
    const background = createBackground(1);
    await background.run(one.promise);
    const [second, third] = [watch(background.run(two.promise)), watch(background.run(three.promise))];
    await turn();
    assert.deepEqual([second.resolved, third.resolved], [false, false]);
    one.done();
    await turn();
    assert.deepEqual([second.resolved, third.resolved], [true, false]);
    three.done();
    await turn();
    assert.equal(third.resolved, true);
    two.done();
    await turn();
    // There is room again.
    await background.run(new Promise(() => undefined));
  });

  it('is settled once all is done, what was begun meanwhile, too', async () => {
    const [one, two] = [work(), work()];
    const background = createBackground();
    await background.run(one.promise);
    const settled = watch(background.settled());
    await background.run(two.promise);
    one.done();
    await turn();
    assert.equal(settled.resolved, false);
    two.done();
    await turn();
    assert.equal(settled.resolved, true);
    await background.settled();
  });
});
