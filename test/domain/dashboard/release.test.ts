import assert from 'node:assert/strict';
import { compareReleases, isStable, parseRelease } from '../../../src/domain/dashboard/release.js';

const parsed = (slug: string) => parseRelease(slug) ?? assert.fail(`${slug} is not a release`);

describe('parseRelease', () => {
  for (const slug of ['v1', 'v10.2', 'v1_0', 'v1-0', '1.0', '22_0_1', 'V2.0', 'v1.0-rc1', 'v1.0rc1', 'v19_0_0_rc1']) {
    it(`recognises ${slug} as a version`, () => {
      assert.equal(parsed(slug).calendar, 'version');
    });
  }

  for (const slug of ['w_2018_01', 'w.2018.01', 'w_2026_5']) {
    it(`recognises ${slug} as a weekly release`, () => {
      assert.equal(parsed(slug).calendar, 'weekly');
    });
  }

  for (const slug of ['d_2018_07_01', 'd.2018.07.01']) {
    it(`recognises ${slug} as a daily release`, () => {
      assert.equal(parsed(slug).calendar, 'daily');
    });
  }

  for (const slug of [
    'main',
    'DM-1234',
    '42',
    'v',
    'vector',
    'v2-cleanup',
    'v1.0-final-words',
    'w_2018',
    'w_latest',
    'd_2018_07',
    '1.0.x',
    '-1.0',
    '',
  ]) {
    it(`recognises no release in '${slug}'`, () => {
      assert.equal(parseRelease(slug), undefined);
    });
  }

  it('rejects in linear time a slug that is almost a version', () => {
    assert.equal(parseRelease(`v${'1.'.repeat(120)}x`), undefined);
  });
});

describe('compareReleases', () => {
  it('sorts versions by number, newest first, then weekly releases, then daily ones', () => {
    const newestFirst = [
      'v20.0',
      'v11.0.post1',
      'v11.0',
      'v11.0-rc10',
      'v11.0-rc2',
      'v11.0-beta',
      'v11.0-a1',
      'v11.0.dev3',
      'v2.10',
      'v2.9',
      'v2',
      '1.99999999999999999999999999',
      'v1_0',
      'w_2026_10',
      'w_2026_9',
      'w_2025_52',
      'd_2026_01_02',
      'd_2026_01_01',
    ];
    const sorted = newestFirst.toReversed().sort((one, other) => compareReleases(parsed(one), parsed(other)));
    assert.deepEqual(sorted, newestFirst);
  });

  it('treats two spellings of one version as equal', () => {
    assert.equal(compareReleases(parsed('v1.0'), parsed('1_0')), 0);
  });
});

describe('isStable', () => {
  const cases: readonly (readonly [slug: string, stable: boolean])[] = [
    ['v1.0', true],
    ['v1.0.post1', true],
    ['v1.0-rc1', false],
    ['v1.0.dev1', false],
    ['w_2026_10', false],
    ['d_2026_01_02', false],
  ];
  for (const [slug, stable] of cases) {
    it(`calls ${slug} ${stable ? 'stable' : 'not stable'}`, () => {
      assert.equal(isStable(parsed(slug)), stable);
    });
  }
});
