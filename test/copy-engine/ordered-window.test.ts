import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { OrderedWindow } from '../../src/copy-engine/ordered-window.js';

describe('OrderedWindow', () => {
  it('gives results in the order of their start, whichever ends first', async () => {
    const window = new OrderedWindow<string>(10);
    const [a, b, c] = [window.open(), window.open(), window.open()];
    c('c');
    b('b');
    const taking = window.take();
    await turn();
    a('a');
    assert.deepEqual(await taking, ['a', 'b', 'c']);
  });

  it('gives finished results without waiting for later ones', async () => {
    const window = new OrderedWindow<string>(10);
    const [a, b] = [window.open(), window.open()];
    a('a');
    assert.deepEqual(await window.take(), ['a']);
    b('b');
    assert.deepEqual(await window.take(), ['b']);
  });

  it('leaves out results that are null', async () => {
    const window = new OrderedWindow<string>(10);
    const [a, b, c] = [window.open(), window.open(), window.open()];
    b(null);
    c('c');
    a(null);
    assert.deepEqual(await window.take(), ['c']);
  });

  it('ends once the last result is taken', async () => {
    const window = new OrderedWindow<string>(10);
    const a = window.open();
    window.end();
    const taking = window.take();
    a('a');
    assert.deepEqual(await taking, ['a']);
    assert.equal(await window.take(), null);
  });

  it('ends when every result is null', async () => {
    const window = new OrderedWindow<string>(10);
    const a = window.open();
    window.end();
    const taking = window.take();
    a(null);
    assert.equal(await taking, null);
  });

  it('has no room while it is full, and has room again once a result is taken', async () => {
    const window = new OrderedWindow<string>(2);
    const [a] = [window.open(), window.open()];
    assert.equal(window.isFull, true);
    let hasRoom = false;
    const room = window.untilRoom().then(() => (hasRoom = true));
    a('a');
    await turn();
    assert.equal(hasRoom, false);
    await window.take();
    await room;
    assert.equal(window.isFull, false);
  });

  it('rejects both waiting sides with the first failure', async () => {
    const window = new OrderedWindow<string>(1);
    window.open();
    const [taking, room] = [window.take(), window.untilRoom()];
    window.fail(new Error('first'));
    window.fail(new Error('second'));
    await assert.rejects(taking, /first/);
    await assert.rejects(room, /first/);
    assert.throws(() => {
      window.assertOpen();
    }, /first/);
  });
});
