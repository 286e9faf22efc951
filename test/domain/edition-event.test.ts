import assert from 'node:assert/strict';
import {
  type AnnouncementFacts,
  editionEvent,
  isAnnounced,
  type PublicationFacts,
} from '../../src/domain/edition-event.js';

const facts: PublicationFacts = {
  publishedAt: new Date('2026-11-24T02:26:11.663Z'),
  baseUrl: 'https://keeper.example.org',
  edition: { id: 7, slug: 'v1.0', title: 'Release 1.0' },
  product: { slug: 'pipelines', title: 'Science Pipelines' },
  domain: 'pipelines.lsst.io',
  buildId: 42,
};

describe('editionEvent', () => {
  it("has the same keys as LTD Keeper 1.x's event, in the same order", () => {
    assert.equal(
      JSON.stringify(editionEvent(facts)),
      '{"event_type":"edition.updated","event_timestamp":"2026-11-24T02:26:11Z",' +
        '"edition":{"url":"https://keeper.example.org/editions/7","published_url":"https://pipelines.lsst.io/v/v1.0",' +
        '"title":"Release 1.0","slug":"v1.0","build_url":"https://keeper.example.org/builds/42"},' +
        '"product":{"url":"https://keeper.example.org/products/pipelines","published_url":"https://pipelines.lsst.io",' +
        '"title":"Science Pipelines","slug":"pipelines"}}',
    );
  });

  it('links the default edition to the root of the domain', () => {
    const { edition } = editionEvent({ ...facts, edition: { ...facts.edition, slug: 'main' } });
    assert.equal(edition.published_url, 'https://pipelines.lsst.io');
  });
});

describe('isAnnounced', () => {
  const rebuild: AnnouncementFacts = { restore: false, target: 2, published: 1, onlyMoved: false };
  const cases: readonly (readonly [what: string, changes: Partial<AnnouncementFacts>, announced: boolean])[] = [
    ['another build', {}, true],
    ['the first build', { published: null }, true],
    ['a requested rebuild of the same build', { target: 1 }, true],
    ['another slug for the same build', { target: 1, onlyMoved: true }, false],
    ['another slug and another build', { onlyMoved: true }, true],
    ['a repair of the published build', { restore: true, target: 1 }, false],
    ['an edition that was never published', { restore: true, target: null, published: null }, false],
  ];
  for (const [what, changes, announced] of cases)
    it(`${announced ? 'announces' : 'does not announce'} ${what}`, () => {
      assert.equal(isAnnounced({ ...rebuild, ...changes }), announced);
    });
});
