import assert from 'node:assert/strict';
import { aliveSince, judgeUpload } from '../../src/domain/upload-life.js';

const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);
const patienceHours = 3;

describe('judgeUpload', () => {
  for (const [what, registered, newestObject, now, lookAgain] of [
    ['just registered', '10:00', null, '10:00', '13:00'],
    ['a recent build without an object', '10:00', null, '12:59', '13:00'],
    ['an old build without an object', '10:00', null, '13:00', null],
    ['a build for which an object arrived meanwhile', '10:00', '12:30', '13:00', '15:30'],
    ['a build whose newest object is too old', '10:00', '12:30', '15:30', null],
    ['a build whose objects are older than its registration', '10:00', '08:00', '12:00', '13:00'],
    ['a build with an object from the future, by a clock that is ahead', '10:00', '13:30', '13:10', '16:30'],
  ] as const) {
    it(`calls ${lookAgain === null ? 'dead' : `alive until ${lookAgain}`} ${what}`, () => {
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
  it("returns the time that is the limit's length ago", () => {
    assert.deepEqual(aliveSince({ now: at('13:00'), patienceHours }), at('10:00'));
  });
});
