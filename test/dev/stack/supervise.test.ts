import assert from 'node:assert/strict';
import { type Running, type Service, supervise, type SupervisorEvents } from '../../../dev/stack/supervise.js';
import type { Exit } from '../../../dev/start-process.js';
import { eventually } from '../../support/eventually.js';

/** A process that lives until it is stopped or dies by `die`. */
function fakeProcess(pid: number): Running & { die(): void; readonly stops: number } {
  let end: (exit: Exit) => void = () => undefined;
  let stops = 0;
  const exited = new Promise<Exit>((resolve) => {
    end = resolve;
  });
  return {
    pid,
    exited,
    die: () => {
      end({ code: null, signal: 'SIGKILL' });
    },
    stop: () => {
      stops += 1;
      end({ code: 0, signal: null });
      return Promise.resolve();
    },
    get stops() {
      return stops;
    },
  };
}

function recorder(): SupervisorEvents & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    ended: () => undefined,
    restarted: (name, { signal }) => {
      told.push(`${name} restarted after ${String(signal)}`);
    },
    failed: (name, error) => {
      told.push(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}

describe('supervise', () => {
  it('restarts a process that dies, and reports it', async () => {
    const started: ReturnType<typeof fakeProcess>[] = [];
    const service: Service = {
      name: 'api',
      start: () => {
        started.push(fakeProcess(100 + started.length));
        return Promise.resolve(started.at(-1) ?? fakeProcess(0));
      },
    };
    const events = recorder();
    const supervised = await supervise(service, events);
    assert.equal(supervised.pid(), 100);
    started[0]?.die();
    await eventually('a second process', () => Promise.resolve(supervised.pid() === 101));
    started[1]?.die();
    await eventually('a third process', () => Promise.resolve(supervised.pid() === 102));
    await supervised.stop();
    assert.deepEqual(events.told, ['api restarted after SIGKILL', 'api restarted after SIGKILL']);
    assert.equal(started.length, 3);
  });

  it('retries a process that cannot be started', async () => {
    const first = fakeProcess(1);
    const outcomes = [() => first, () => assert.fail('no port'), () => assert.fail('no port'), () => fakeProcess(2)];
    const service: Service = {
      name: 'edge',
      start: async () => Promise.resolve((outcomes.shift() ?? (() => assert.fail('started too often')))()),
    };
    const events = recorder();
    const supervised = await supervise(service, events);
    first.die();
    await eventually('the process that starts', () => Promise.resolve(supervised.pid() === 2));
    await supervised.stop();
    assert.deepEqual(events.told, ['edge failed: no port', 'edge failed: no port', 'edge restarted after SIGKILL']);
  });

  it('starts no process after it is told to stop, and stops one that is just starting', async () => {
    const [first, second] = [fakeProcess(1), fakeProcess(2)];
    let finishStart: (running: Running) => void = () => undefined;
    let starts = 0;
    const service: Service = {
      name: 'worker',
      start: () => {
        starts += 1;
        if (starts === 1) return Promise.resolve(first);
        return new Promise((resolve) => {
          finishStart = resolve;
        });
      },
    };
    const events = recorder();
    const supervised = await supervise(service, events);
    first.die();
    await eventually('the second start', () => Promise.resolve(starts === 2));
    const stopped = supervised.stop();
    finishStart(second);
    await stopped;
    assert.equal(second.stops, 1);
    assert.deepEqual(events.told, []);
  });

  it('rejects when the process cannot be started at all', async () => {
    const service: Service = { name: 'api', start: () => Promise.reject(new Error('no such file')) };
    await assert.rejects(supervise(service, recorder()), /no such file/);
  });
});
