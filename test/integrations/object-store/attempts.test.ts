import assert from 'node:assert/strict';
import { LtdError } from '../../../src/domain/errors.js';
import type { AttemptOutcome, Turn } from '../../../src/integrations/object-store/admission.js';
import { attempt } from '../../../src/integrations/object-store/attempts.js';
import type { Deadline } from '../../../src/integrations/object-store/deadline.js';

const policy = { maxAttempts: 3, timeout: 1_000, backoff: 1 };
const passing = new LtdError('store_unavailable', 'try again');
const lasting = new LtdError('store_access_denied', 'never');

describe('attempt', () => {
  /** A request that fails so often, with what comes of it. */
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
    ['gives the answer of the first', [], 1],
    ['goes on after what passes', [passing], 2],
    ['goes on to the last', [passing, passing], 3],
  ] as const) {
    it(what, async () => {
      const { request: it, sent } = request(failures);
      assert.equal(await attempt(policy, it), 'answer');
      assert.equal(sent(), expected);
    });
  }

  it('gives up after the last, with its failure', async () => {
    const { request: it, sent } = request([passing, passing, passing]);
    await assert.rejects(attempt(policy, it), (error) => error === passing);
    assert.equal(sent(), 3);
  });

  it('does not repeat what does not pass', async () => {
    const { request: it, sent } = request([lasting]);
    await assert.rejects(attempt(policy, it), (error) => error === lasting);
    assert.equal(sent(), 1);
  });

  it('asks the gate before each, and throws what the gate throws as it is', async () => {
    const closed = new Error('closed');
    let asked = 0;
    const { request: it, sent } = request([passing, passing], () => {
      asked += 1;
      if (asked === 2) throw closed;
    });
    await assert.rejects(attempt(policy, it), (error) => error === closed);
    assert.equal(sent(), 1);
  });

  describe('waiting for turns', () => {
    /** Turns with what became of each. */
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

    it('has each attempt wait for one, and tells how it ended', async () => {
      const { ends, enter } = turns();
      const { request: it } = request([passing, passing]);
      const judge = (end: object): AttemptOutcome => ('error' in end ? 'refused' : 'answered');
      await attempt(policy, { ...it, enter, judge });
      assert.deepEqual(ends, ['refused', 'refused', 'answered']);
    });

    it('asks the gate when the turn has come, and gives back a turn that the gate forbids', async () => {
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

  it('ends an attempt that takes too long, and says so', async () => {
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
