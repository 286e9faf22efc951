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

describe('the event of a publication', () => {
  it('says the same as that of LTD Keeper, in the same order', () => {
    assert.equal(
      JSON.stringify(editionEvent(facts)),
      '{"event_type":"edition.updated","event_timestamp":"2026-11-24T02:26:11Z",' +
        '"edition":{"url":"https://keeper.example.org/editions/7","published_url":"https://pipelines.lsst.io/v/v1.0",' +
        '"title":"Release 1.0","slug":"v1.0","build_url":"https://keeper.example.org/builds/42"},' +
        '"product":{"url":"https://keeper.example.org/products/pipelines","published_url":"https://pipelines.lsst.io",' +
        '"title":"Science Pipelines","slug":"pipelines"}}',
    );
  });

  it('leads to the root of the domain for the default edition', () => {
    const { edition } = editionEvent({ ...facts, edition: { ...facts.edition, slug: 'main' } });
    assert.equal(edition.published_url, 'https://pipelines.lsst.io');
  });
});

describe('isAnnounced', () => {
  const rebuild: AnnouncementFacts = { restore: false, target: 2, published: 1, onlyMoved: false };
  const cases: readonly (readonly [what: string, changes: Partial<AnnouncementFacts>, announced: boolean])[] =
    [
      ['another build', {}, true],
      ['the first build', { published: null }, true],
      ['the same build once more, because somebody asked', { target: 1 }, true],
      ['another slug for the same build', { target: 1, onlyMoved: true }, false],
      ['another slug, under which another build is published', { onlyMoved: true }, true],
      ['the published build, made whole again', { restore: true, target: 1 }, false],
      ['nothing, where nothing was published', { restore: true, target: null, published: null }, false],
    ];
  for (const [what, changes, announced] of cases)
    it(`${announced ? 'tells of' : 'is silent about'} ${what}`, () => {
      assert.equal(isAnnounced({ ...rebuild, ...changes }), announced);
    });
});
