import assert from 'node:assert/strict';
import { type Answer, type Expected, mismatches } from './match.js';

const base = 'http://keeper.test:8080';

const answer: Answer = { status: 200, location: null, contentType: 'application/json', body: {} };
const expected: Expected = { status: 200, content_type: 'application/json' };

function compare(wanted: unknown, body: unknown): string[] {
  return mismatches({ ...expected, body: wanted }, { ...answer, body }, base);
}

describe('mismatches', () => {
  const task = `${base}/queue/6f1c9b1e-0f0a-4c8e-9d59-0123456789ab`;
  const alike: readonly (readonly [wanted: unknown, value: unknown])[] = [
    [{ a: 1 }, { a: 1, more: true }],
    [{ a: { b: [1, { c: null }] } }, { a: { b: [1, { c: null, d: 2 }] } }],
    ['$base/builds/1', `${base}/builds/1`],
    ['Invalid build_url: $base/builds/1', `Invalid build_url: ${base}/builds/1`],
    ['$date', '2026-11-24T02:26:11Z'],
    ['$hex32', '99cdbec63bcd4ba8abd854debee8e6fa'],
    ['$queue_url', task],
    ['$token', 'eyJpZCI6MX0.awT1ww.F6eImPenbFgPTI_M1pRejjJCq-g'],
    ['$semver', '1.24.0'],
    ['$url', 'http://store.test:9000/bucket'],
    ['$text', 'any'],
    ['$object', {}],
    ['$pending', true],
    ['$pending', false],
  ];
  for (const [wanted, value] of alike)
    it(`finds no mismatch between ${JSON.stringify(wanted)} and ${JSON.stringify(value)}`, () => {
      assert.deepEqual(compare(wanted, value), []);
    });

  const different: readonly (readonly [wanted: unknown, value: unknown])[] = [
    [{ a: 1 }, {}],
    [{ a: null }, {}],
    [{ a: 1 }, { a: '1' }],
    [{}, []],
    [[], {}],
    [[1], [1, 2]],
    [[1, 2], [1]],
    [{ a: { b: 1 } }, { a: null }],
    ['$base/builds/1', '/builds/1'],
    ['$base/builds/1', `${base}/builds/11`],
    ['$date', '2026-11-24T02:26:11.663868Z'],
    ['$date', null],
    ['$hex32', '99CDBEC63BCD4BA8ABD854DEBEE8E6FA'],
    ['$queue_url', 'http://other.test/queue/6f1c9b1e-0f0a-4c8e-9d59-0123456789ab'],
    ['$queue_url', `${base}/queue/`],
    ['$token', 'a:b'],
    ['$token', ''],
    ['$semver', '2.0.0'],
    ['$semver', '1.24'],
    ['$url', '/bucket'],
    ['$text', ''],
    ['$text', 1],
    ['$object', null],
    ['$object', []],
    ['$pending', null],
  ];
  for (const [wanted, value] of different)
    it(`finds a mismatch between ${JSON.stringify(wanted)} and ${JSON.stringify(value)}`, () => {
      assert.equal(compare(wanted, value).length, 1);
    });

  it('finds another status, Location or type, and names its place', () => {
    const other: Expected = { status: 201, location: '$base/builds/1', content_type: 'text/html' };
    assert.deepEqual(mismatches(other, answer, base), [
      'status 200, not 201',
      'Location is null, not "$base/builds/1"',
      'Content-Type is "application/json", not "text/html"',
    ]);
    assert.deepEqual(compare({ a: [{ b: 1 }] }, { a: [{ b: 2 }] }), ['body.a[0].b is 2, not 1']);
  });

  it('ignores a body that does not matter', () => {
    assert.deepEqual(mismatches(expected, { ...answer, body: undefined }, base), []);
  });
});
