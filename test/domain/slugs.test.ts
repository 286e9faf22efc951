import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  autoEditionSlug,
  invalidSlugMessage,
  isPathSlug,
  isProductSlug,
  nextBuildSlugs,
  nextEditionSlug,
} from '../../src/domain/slugs.js';

const seed = 20_180_701;

describe('isProductSlug', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['pipelines', true],
    ['ldm-151', true],
    ['a--b', true],
    ['ab', true],
    ['a1', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['a', false],
    ['', false],
    ['ab-', false],
    ['-ab', false],
    ['0x', false],
    ['A', false],
    ['DM-1234', false],
    ['dm_1234', false],
    ['a.b', false],
    ['ab\n', false],
    ['ä-b', false],
    ['a/b', false],
  ];
  for (const [slug, expected] of cases) {
    it(`${expected ? 'accepts' : 'refuses'} ${JSON.stringify(slug)} for a product`, () => {
      assert.equal(isProductSlug(slug), expected);
    });
  }

  it('accepts exactly the slugs of LTD Keeper 1.x, up to the length of a DNS label', () => {
    const characters = fc.string({
      unit: fc.constantFrom('a', 'z', '0', '9', '-', 'A', '_', '.'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(characters, (slug) => isProductSlug(slug) === /^[a-z]+[-a-z0-9]*[a-z0-9]+$/.test(slug)),
      { seed, numRuns: 2_000 },
    );
  });
});

describe('isPathSlug', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['main', true],
    ['1', true],
    ['DM-1234', true],
    ['v1.0', true],
    ['w_2018_01', true],
    ['...', true],
    ['-', true],
    ['index.htm', true],
    ['a'.repeat(255), true],
    ['a'.repeat(256), false],
    ['', false],
    ['.', false],
    ['..', false],
    ['index.html', false],
    ['switcher.json', false],
    ['a/b', false],
    ['a+b', false],
    ['a b', false],
    ['a%2e', false],
    ['main\n', false],
    ['ä', false],
    ['١', false],
  ];
  for (const [slug, expected] of cases) {
    it(`${expected ? 'accepts' : 'refuses'} ${JSON.stringify(slug)} for a build or an edition`, () => {
      assert.equal(isPathSlug(slug), expected);
    });
  }
});

describe('invalidSlugMessage', () => {
  it("returns LTD Keeper 1.x's message for a slug outside the grammar", () => {
    assert.equal(invalidSlugMessage('a/b', 255), 'Invalid slug: a/b');
  });

  it('shortens a slug that is too long and names the limit', () => {
    assert.equal(
      invalidSlugMessage('abcdef', 4),
      'Invalid slug: abcd... is too long, at most 4 characters are allowed',
    );
  });
});

describe('autoEditionSlug', () => {
  const cases: readonly (readonly [readonly string[], string | undefined])[] = [
    [['tickets/DM-1234'], 'DM-1234'],
    [['tickets/LCR-758'], 'LCR-758'],
    [['main'], 'main'],
    [['u/rowen/r12_patch1'], 'u-rowen-r12_patch1'],
    [['tickets/DM-1234', 'tickets/DM-5678'], 'tickets-DM-1234-tickets-DM-5678'],
    [['v15_0'], 'v15_0'],
    [['w_2018_01'], 'w_2018_01'],
    [['1.0.0'], '1.0.0'],
    [['v1.0'], 'v1.0'],
    [['tickets/dm-1234'], 'tickets-dm-1234'],
    [['tickets/DM-1234/fix'], 'tickets-DM-1234-fix'],
    [['../../main'], '..-..-main'],
    [['c++'], undefined],
    [['fix#1'], undefined],
    [['index.html'], undefined],
    [['switcher.json'], undefined],
    [['..'], undefined],
    [['.'], undefined],
    [[''], undefined],
    [[], undefined],
    [['a'.repeat(256)], undefined],
    [['tickets/DM-1234\n'], undefined],
  ];
  for (const [gitRefs, expected] of cases) {
    it(`derives ${expected ?? 'no slug'} from ${JSON.stringify(gitRefs)}`, () => {
      assert.equal(autoEditionSlug(gitRefs), expected);
    });
  }

  it('derives no slug that leads out of the product, whatever the refs', () => {
    const ref = fc.string({
      unit: fc.constantFrom('.', '/', '\\', '%2e', 'a', '-', '\n', 'ü'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(ref, { maxLength: 3 }), (gitRefs) => {
        const slug = autoEditionSlug(gitRefs);
        if (slug === undefined) return;
        const { pathname } = new URL(`http://product.test/v/${slug}/page.html`);
        assert.equal(pathname, `/v/${slug}/page.html`);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

describe('nextBuildSlugs', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], ['1']],
    [['1', '2'], ['3']],
    [['1', '3'], ['2']],
    [
      ['1', '3'],
      ['2', '4', '5'],
    ],
    [['2', '10'], ['1']],
    [['b1', 'main', '01'], ['1']],
    [
      ['1', '2', 'b3', '3'],
      ['4', '5'],
    ],
  ];
  for (const [taken, expected] of cases) {
    it(`suggests ${expected.join(', ')} beside ${JSON.stringify(taken)}`, () => {
      assert.deepEqual(nextBuildSlugs(taken, expected.length), expected);
    });
  }
});

describe('nextEditionSlug', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], '1'],
    [['main', 'v1.0'], '1'],
    [['main', '1', '2'], '3'],
    [['9', '10'], '11'],
    [['7', '3'], '8'],
    [['007'], '8'],
    [['0'], '1'],
    // Python's int() accepts these.
    [['2018_01', '4'], '5'],
    [['-3'], '1'],
    [['99999999999999999999'], '100000000000000000000'],
  ];
  for (const [slugs, expected] of cases) {
    it(`returns the next slug ${expected} after ${JSON.stringify(slugs)}`, () => {
      assert.equal(nextEditionSlug(slugs), expected);
    });
  }
});
