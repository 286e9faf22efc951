import assert from 'node:assert/strict';
import { allowsAnybody, checkPolicy, publicReadPolicy } from '../../../dev/object-store/bucket-policy.js';

const object = 'arn:aws:s3:::docs/a/b.html';
const policyOf = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (changes: object = {}): object => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::docs/*',
  ...changes,
});

describe('allowsAnybody', () => {
  const cases: [name: string, policy: string | undefined, allowed: boolean][] = [
    ['nothing without a policy', undefined, false],
    ['reads with the usual statement', publicReadPolicy('docs'), true],
    ['nothing of another bucket', publicReadPolicy('other'), false],
    ['reads when the principal is in its long form', policyOf(allow({ Principal: { AWS: ['*'] } })), true],
    [
      'nothing when the principal is another user',
      policyOf(allow({ Principal: { AWS: 'arn:aws:iam::1:root' } })),
      false,
    ],
    ['reads with a pattern of actions', policyOf(allow({ Action: ['s3:Put*', 's3:Get*'] })), true],
    ['nothing when another action is allowed', policyOf(allow({ Action: 's3:PutObject' })), false],
    ['nothing outside the prefix', policyOf(allow({ Resource: 'arn:aws:s3:::docs/b/*' })), false],
    ['nothing that is denied as well', policyOf(allow(), allow({ Effect: 'Deny' })), false],
  ];
  for (const [name, policy, allowed] of cases) {
    it(`allows clients without a key: ${name}`, () => {
      assert.equal(allowsAnybody(policy, 's3:GetObject', object), allowed);
    });
  }
});

describe('checkPolicy', () => {
  it('refuses text that is not JSON, and conditions, which the store does not support', () => {
    for (const policy of ['', '{', '{}', policyOf(allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }))]) {
      assert.throws(
        () => {
          checkPolicy(policy);
        },
        { code: 'MalformedPolicy' },
      );
    }
  });
});
