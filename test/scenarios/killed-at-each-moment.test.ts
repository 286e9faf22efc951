import assert from 'node:assert/strict';
import { signalProcess } from '../../dev/process-group.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from '../support/eventually.js';
import { type MomentWorld, startMomentWorld } from '../support/moment-world.js';
import { moments } from '../support/moments.js';

/** The time for the slowest: a killed worker is noticed after 45 s, on a busy machine. In milliseconds. */
const timeoutMs = 300_000;

/** One publication is held at each moment. */
const products = Object.keys(moments);

/** Names of the stack's processes. */
const victims = ['object-store', 'postgres', 'temporal', 'api', 'worker'] as const;

/*
 * One publication is held at each moment of its life, in products and buckets of their own; then a process is killed
 * once, while all of them are half-way.
 */
describe('kill -9 at each moment of a publication', function () {
  this.timeout(2 * timeoutMs);
  let world: MomentWorld;

  before(async () => {
    world = await startMomentWorld(await temporaryFolder('ltd-keeper-moments'));
    await Promise.all(products.map((product) => world.makeProduct(product)));
  });

  afterEach(async () => {
    // After a failure, held publications would make the next test fail, too.
    await world.letGo();
  });

  after(async () => {
    await world.close();
  });

  for (const victim of victims)
    it(`publishes every new build completely after the process ${victim} was killed`, async () => {
      await Promise.all(products.map((product) => world.upload(product, `before ${victim} was killed`)));
      for (const [product, hold] of Object.entries(moments)) await hold(world, product);
      signalProcess(world.stack.processes().get(victim) ?? NaN, 'SIGKILL');
      await world.letGo();
      for (const product of products) {
        await world.seeToAnnouncement(product);
        await eventually(`${product} to be published`, () => world.isPublished(product), timeoutMs);
        assert.deepEqual(await world.shown(product), world.expected(product), product);
      }
      await eventually('every task to end', async () => (await world.openTasks()).length === 0, timeoutMs);
    });
});
