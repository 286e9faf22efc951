import assert from 'node:assert/strict';
import { createHttpEventReceiver } from '../../src/integrations/events/http-event-receiver.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, readEdition, steer, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';
import { type EventsReceiver, startEventsReceiver } from './events-receiver.js';

describe('LTD Events 0.1.0, as a strict stand-in', () => {
  let keeper: TestKeeper;
  let receiver: EventsReceiver;

  before(async () => {
    keeper = await startTestKeeper();
    receiver = await startEventsReceiver();
    keeper.cleanUp.push(() => receiver.close());
    await startTestWorker(keeper, { events: createHttpEventReceiver({ url: receiver.url }) });
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  const publish = async (ref: string): Promise<string> => {
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': ref }, [ref]);
    await taskEnd(keeper, await announce(keeper, build));
    return build.url;
  };
  const took = (count: number) => eventually(`${count} events`, () => Promise.resolve(receiver.taken.length >= count));

  it('accepts the events of the default edition, of a release, and of a rollback', async () => {
    const first = await publish('main');
    await took(1);
    const release = await publish('v1.0');
    await took(2);
    const second = await publish('main');
    await took(3);
    await taskEnd(keeper, await steer(keeper, 1, { build_url: first }));
    await took(4);
    assert.deepEqual(receiver.refusals, []);
    const seen = receiver.taken.map(({ edition }) => [edition.slug, edition.build_url]);
    assert.deepEqual(seen, [
      ['main', first],
      ['v1.0', release],
      ['main', second],
      ['main', first],
    ]);
  });

  it('gets events with addresses that answer', async () => {
    for (const { edition, product } of receiver.taken) {
      const slugs = await Promise.all(
        [edition.url, product.url].map(async (url) => ((await (await fetch(url)).json()) as { slug: string }).slug),
      );
      assert.deepEqual(slugs, [edition.slug, product.slug]);
    }
    const last = receiver.taken.at(-1) ?? assert.fail('it accepted nothing');
    assert.equal(last.edition.build_url, (await readEdition(keeper, 1)).published_build_url);
    assert.equal(last.product.published_url, 'https://pipelines.example.org');
  });

  it('refuses invalid events as LTD Events does', async () => {
    const good = receiver.taken.at(-1) ?? assert.fail('it accepted nothing');
    const changes: readonly (readonly [what: string, changes: object])[] = [
      ['no event type', { event_type: undefined }],
      ['another event type', { event_type: 'edition.deleted' }],
      ['a date without a time', { event_timestamp: '2020-01-01' }],
      ['an edition without a build', { edition: { ...good.edition, build_url: null } }],
      ['an address that is a path', { edition: { ...good.edition, url: '/editions/1' } }],
      ['an address of another kind', { product: { ...good.product, published_url: 'ftp://example.org' } }],
      ['a host without a top-level domain', { product: { ...good.product, url: 'http://keeper/' } }],
      ['no product', { product: undefined }],
    ];
    const post = async (body: object): Promise<number> =>
      (await fetch(receiver.url, { method: 'POST', body: JSON.stringify(body) })).status;
    assert.equal(await post(good), 200);
    for (const [what, change] of changes) assert.equal(await post({ ...good, ...change }), 400, what);
  });
});
