import assert from 'node:assert/strict';
import { faultKinds } from '../../../../dev/chaos/faults/fault-kinds.js';
import { planFaults } from '../../../../dev/chaos/faults/fault-plan.js';

describe('the plan of a chaos run', () => {
  it('plans the same faults for a seed, and others for another seed', () => {
    assert.deepEqual(planFaults(7, 60_000), planFaults(7, 60_000));
    assert.notDeepEqual(planFaults(7, 60_000), planFaults(8, 60_000));
  });

  it('begins and ends every fault within the duration, in the order of time', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const planned = planFaults(seed, 60_000);
      assert.ok(planned.length > 10);
      assert.ok(planned.every(({ at, lasting }) => at > 0 && at + lasting <= 60_000));
      assert.deepEqual(
        planned.map(({ at }) => at),
        planned.map(({ at }) => at).toSorted((one, other) => one - other),
      );
    }
  });

  it('plans every kind of fault at least five times in a long run', () => {
    const planned = planFaults(1, 1_000_000);
    const counts = faultKinds.map((kind) => planned.filter((fault) => fault.kind === kind).length);
    assert.ok(Math.min(...counts) >= 5, `the rarest comes ${Math.min(...counts)} times`);
  });
});
