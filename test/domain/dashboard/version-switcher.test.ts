import assert from 'node:assert/strict';
import { arrangeDashboard } from '../../../src/domain/dashboard/arrange-dashboard.js';
import type { EditionFacts } from '../../../src/domain/dashboard/dashboard-facts.js';
import { type SwitcherEntry, versionSwitcher } from '../../../src/domain/dashboard/version-switcher.js';
import { buildFacts, editionFacts, productFacts } from '../../support/dashboard-facts.js';

function switcherOf(...editions: EditionFacts[]): readonly SwitcherEntry[] {
  const product = productFacts();
  return versionSwitcher(arrangeDashboard({ product, editions, builds: [buildFacts(1)] }), product.domain);
}

const preferred = (entries: readonly SwitcherEntry[]): string[] =>
  entries.filter((entry) => entry.preferred).map(({ version }) => version);

describe('the version switcher', () => {
  it('lists the current edition, releases and drafts by name, version and address with a final slash', () => {
    assert.deepEqual(
      switcherOf(
        editionFacts('DM-1', { title: 'A draft' }),
        editionFacts('v1.0'),
        editionFacts('main', { title: 'Latest' }),
      ),
      [
        { name: 'Latest', version: 'main', url: 'https://pipelines.lsst.io/' },
        { name: 'v1.0', version: 'v1.0', url: 'https://pipelines.lsst.io/v/v1.0/', preferred: true },
        { name: 'A draft', version: 'DM-1', url: 'https://pipelines.lsst.io/v/DM-1/' },
      ],
    );
  });

  const cases: readonly (readonly [what: string, slugs: readonly string[], preferred: readonly string[]])[] = [
    ['the newest release', ['main', 'v1.0', 'v2.0', 'v10.0'], ['v10.0']],
    ['no pre-release', ['main', 'v1.0', 'v2.0-rc1'], ['v1.0']],
    ['no weekly release', ['main', 'w_2026_01'], ['main']],
    ['the current edition when there is no release', ['main', 'DM-1'], ['main']],
    ['no entry when there are only drafts', ['DM-1'], []],
  ];
  for (const [what, slugs, expected] of cases) {
    it(`prefers ${what} in the switcher`, () => {
      assert.deepEqual(preferred(switcherOf(...slugs.map((slug) => editionFacts(slug)))), expected);
    });
  }

  it('omits editions that are not published yet', () => {
    const first = { publishedBuildId: null, isRebuilding: true };
    const entries = switcherOf(editionFacts('main', first), editionFacts('v2', first), editionFacts('v1'));
    assert.deepEqual(
      entries.map(({ version }) => version),
      ['v1'],
    );
    assert.deepEqual(preferred(entries), ['v1']);
  });

  it('lists only the twenty drafts that changed last', () => {
    const drafts = Array.from({ length: 30 }, (_, day) =>
      editionFacts(`DM-${day}`, { dateRebuilt: new Date(Date.UTC(2026, 0, day + 1)) }),
    );
    const entries = switcherOf(...drafts);
    assert.equal(entries.length, 20);
    assert.equal(entries[0]?.version, 'DM-29');
  });
});
