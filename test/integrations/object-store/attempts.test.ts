import assert from 'node:assert/strict';
import { LtdError } from '../../../src/domain/errors.js';
import type { AttemptOutcome, Turn } from '../../../src/integrations/object-store/admission.js';
import { attempt } from '../../../src/integrations/object-store/attempts.js';
import type { Deadline } from '../../../src/integrations/object-store/deadline.js';

const policy = { maxAttempts: 3, timeout: 1_000, backoff: 1 };
const passing = new LtdError('store_unavailable', 'try again');
const lasting = new LtdError('store_access_denied', 'never');

describe('attempt', () => {
  /** A request that fails with each of `failures` in turn and then succeeds. */
  const request = (failures: readonly Error[], gate?: () => void) => {
    let sent = 0;
    return {
      sent: () => sent,
      request: {
        gate,
        send: () => {
          const failure = failures[sent];
          sent += 1;
          return failure === undefined ? Promise.resolve('answer') : Promise.reject(failure);
        },
        translate: (error: unknown) => (error instanceof Error ? error : new Error('no error')),
      },
    };
  };

  for (const [what, failures, expected] of [
    ['returns the answer of the first attempt', [], 1],
    ['repeats a request after a transient failure', [passing], 2],
    ['returns the answer of the last attempt', [passing, passing], 3],
  ] as const) {
    it(what, async () => {
      const { request: it, sent } = request(failures);
      assert.equal(await attempt(policy, it), 'answer');
      assert.equal(sent(), expected);
    });
  }

  it('throws the last failure when all attempts failed', async () => {
    const { request: it, sent } = request([passing, passing, passing]);
    await assert.rejects(attempt(policy, it), (error) => error === passing);
    assert.equal(sent(), 3);
  });

  it('does not repeat a request after a permanent failure', async () => {
    const { request: it, sent } = request([lasting]);
    await assert.rejects(attempt(policy, it), (error) => error === lasting);
    assert.equal(sent(), 1);
  });

  it('checks the gate before each attempt, and throws the error of the gate unchanged', async () => {
    const closed = new Error('closed');
    let asked = 0;
    const { request: it, sent } = request([passing, passing], () => {
      asked += 1;
      if (asked === 2) throw closed;
    });
    await assert.rejects(attempt(policy, it), (error) => error === closed);
    assert.equal(sent(), 1);
  });

  describe('attempts that wait for turns', () => {
    /** Turns that record how each attempt ended. */
    const turns = () => {
      const ends: AttemptOutcome[] = [];
      const enter = (): Promise<Turn> =>
        Promise.resolve({
          end: (outcome) => {
            ends.push(outcome);
          },
        });
      return { ends, enter };
    };

    it('waits for a turn before each attempt, and reports how it ended', async () => {
      const { ends, enter } = turns();
      const { request: it } = request([passing, passing]);
      const judge = (end: object): AttemptOutcome => ('error' in end ? 'refused' : 'answered');
      await attempt(policy, { ...it, enter, judge });
      assert.deepEqual(ends, ['refused', 'refused', 'answered']);
    });

    it('checks the gate once it has a turn, and returns an unused turn that the gate forbids', async () => {
      const { ends, enter } = turns();
      const closed = new Error('closed');
      let isClosed = false;
      const { request: it, sent } = request([], () => {
        if (isClosed) throw closed;
      });
      const enterLate = async (): Promise<Turn> => {
        isClosed = true;
        return enter();
      };
      await assert.rejects(attempt(policy, { ...it, enter: enterLate }), (error) => error === closed);
      assert.equal(sent(), 0);
      assert.deepEqual(ends, ['unsent']);
    });
  });

  it('aborts an attempt after the time limit, with a message that says so', async () => {
    const hanging = {
      gate: undefined,
      send: ({ signal }: Deadline) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('Request aborted', 'AbortError'));
          });
        }),
      translate: (error: unknown) => (error instanceof Error ? error : new Error('no error')),
    };
    await assert.rejects(attempt({ ...policy, timeout: 5 }, hanging), /^Error: no answer within 5 ms$/);
  });
});
