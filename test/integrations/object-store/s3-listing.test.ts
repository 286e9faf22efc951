import assert from 'node:assert/strict';
import { type ErrorCode, hasCode } from '../../../src/domain/errors.js';
import { type ListAnswer, listedPage, plainEtag } from '../../../src/integrations/object-store/s3-listing.js';

const LastModified = new Date('2026-11-24T02:26:11Z');
const object = { ETag: '"e"', Size: 1, LastModified };

describe('listedPage', () => {
  it('decodes encoded keys, a plus sign as a space', () => {
    const { objects } = listedPage({
      EncodingType: 'url',
      Contents: ['a+b%2Bc', 'a%20b', '%F0%9F%98%80', 'a/b', '%2541'].map((Key) => ({ ...object, Key })),
    });
    assert.deepEqual(
      objects.map(({ key }) => key),
      ['a b+c', 'a b', '\u{1f600}', 'a/b', '%41'],
    );
  });

  it('keeps keys unchanged where the store does not encode them', () => {
    const { objects } = listedPage({ Contents: [{ ...object, Key: 'a+b%41' }] });
    assert.deepEqual(objects, [{ key: 'a+b%41', etag: 'e', size: 1, modifiedAt: LastModified.getTime() }]);
  });

  it('returns the continuation token, or null on the last page', () => {
    assert.equal(listedPage({ IsTruncated: true, NextContinuationToken: 't' }).next, 't');
    assert.equal(listedPage({ NextContinuationToken: 't' }).next, null);
    assert.deepEqual(listedPage({}), { objects: [], next: null });
  });

  type Refused = readonly [what: string, output: ListAnswer, code: ErrorCode];
  const refused: readonly Refused[] = [
    ['a truncated page without a token', { IsTruncated: true }, 'store_unavailable'],
    ...['Key', 'Size', 'ETag', 'LastModified'].map((part): Refused => {
      const Contents = [{ ...object, Key: 'a', [part]: undefined }];
      return [`an object without its ${part}`, { Contents }, 'store_unavailable'];
    }),
    ['a key that is not UTF-8', { EncodingType: 'url', Contents: [{ ...object, Key: '%FF' }] }, 'store_rejected'],
  ];
  for (const [what, output, code] of refused) {
    it(`rejects a page with ${what}`, () => {
      assert.throws(
        () => listedPage(output),
        (error) => hasCode(error, code),
      );
    });
  }
});

describe('plainEtag', () => {
  for (const [given, expected] of [
    ['"abc"', 'abc'],
    ['abc', 'abc'],
    ['W/"abc-2"', 'abc-2'],
  ] as const) {
    it(`strips the quotes of ${given}`, () => {
      assert.equal(plainEtag(given), expected);
    });
  }
});
