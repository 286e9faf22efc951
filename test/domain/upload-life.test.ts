import assert from 'node:assert/strict';
import { aliveSince, judgeUpload } from '../../src/domain/upload-life.js';

const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);
const patienceHours = 3;

describe('judgeUpload', () => {
  for (const [what, registered, newestObject, now, lookAgain] of [
    ['just registered', '10:00', null, '10:00', '13:00'],
    ['registered a while ago, without an object', '10:00', null, '12:59', '13:00'],
    ['registered too long ago, without an object', '10:00', null, '13:00', null],
    ['that an object came for meanwhile', '10:00', '12:30', '13:00', '15:30'],
    ['whose newest object is too old', '10:00', '12:30', '15:30', null],
    ['whose objects are older than its registration', '10:00', '08:00', '12:00', '13:00'],
    ['with an object from the future, by a clock that is ahead', '10:00', '13:30', '13:10', '16:30'],
  ] as const) {
    it(`says ${lookAgain === null ? 'dead' : `alive until ${lookAgain}`} of one ${what}`, () => {
      const verdict = judgeUpload({
        registered: at(registered),
        newestObject: newestObject === null ? null : at(newestObject),
        now: at(now),
        patienceHours,
      });
      assert.deepEqual(
        verdict,
        lookAgain === null ? { kind: 'abandoned' } : { kind: 'alive', lookAgain: at(lookAgain) },
      );
    });
  }
});

describe('aliveSince', () => {
  it('is as long ago as the patience lasts', () => {
    assert.deepEqual(aliveSince({ now: at('13:00'), patienceHours }), at('10:00'));
  });
});
