import assert from 'node:assert/strict';
import { checkPostPolicy, checkPostSize, parsePostPolicy } from '../../../dev/object-store/post-policy.js';

const expiration = '2030-01-01T12:00:00.000Z';
const now = Date.parse(expiration) - 1;
const encode = (policy: unknown): string => Buffer.from(JSON.stringify(policy)).toString('base64');
const policyOf = (...conditions: unknown[]): ReturnType<typeof parsePostPolicy> =>
  parsePostPolicy(encode({ expiration, conditions }));

type Case = { name: string; conditions: unknown[]; fields: Record<string, string>; refusal?: RegExp };

describe('checkPostPolicy', () => {
  const cases: Case[] = [
    { name: 'an exact match', conditions: [{ acl: 'public-read' }], fields: { acl: 'public-read' } },
    { name: 'an exact match as a list', conditions: [['eq', '$acl', 'private']], fields: { acl: 'private' } },
    {
      name: 'another value',
      conditions: [{ acl: 'public-read' }],
      fields: { acl: 'private' },
      refusal: /Policy Condition failed: \["eq", "\$acl", "public-read"\]/,
    },
    {
      name: 'no value',
      conditions: [{ acl: 'public-read' }],
      fields: {},
      refusal: /Policy Condition failed: \["eq", "\$acl"/,
    },
    { name: 'a prefix', conditions: [['starts-with', '$key', 'a/b/']], fields: { key: 'a/b/c' } },
    {
      name: 'another prefix',
      conditions: [['starts-with', '$key', 'a/b/']],
      fields: { key: 'a/c' },
      refusal: /\["starts-with", "\$key", "a\/b\/"\]/,
    },
    {
      name: 'any content type',
      conditions: [['starts-with', '$Content-Type', '']],
      fields: { 'content-type': 'text/html' },
    },
    {
      name: 'no content type when any is required',
      conditions: [['starts-with', '$Content-Type', '']],
      fields: {},
      refusal: /\["starts-with", "\$content-type", ""\]/,
    },
    {
      name: 'a list of content types, one of them wrong',
      conditions: [['starts-with', '$Content-Type', 'image/']],
      fields: { 'content-type': 'image/png,text/html' },
      refusal: /Condition failed/,
    },
    { name: 'the bucket of the address', conditions: [{ bucket: 'docs' }], fields: {} },
    { name: 'another bucket', conditions: [{ bucket: 'other' }], fields: {}, refusal: /"\$bucket", "other"/ },
    {
      name: 'a field that no condition mentions',
      conditions: [],
      fields: { 'x-amz-meta-a': '1' },
      refusal: /Extra input fields: x-amz-meta-a/,
    },
    {
      name: 'fields that need no condition',
      conditions: [],
      fields: { policy: 'p', 'x-amz-signature': 's', file: '', 'x-ignore-this': '1' },
    },
    {
      name: 'names in another case',
      conditions: [{ 'X-Amz-Meta-Surrogate-Key': 'k' }],
      fields: { 'x-amz-meta-surrogate-key': 'k' },
    },
  ];
  for (const { name, conditions, fields, refusal } of cases) {
    it(`${refusal === undefined ? 'accepts' : 'refuses'} ${name}`, () => {
      const check = (): void => {
        const form = { fields: new Map(Object.entries(fields)), bucket: 'docs', now };
        checkPostPolicy(policyOf(...conditions), form);
      };
      if (refusal === undefined) check();
      else assert.throws(check, { code: 'AccessDenied', status: 403, message: refusal });
    });
  }

  it('refuses a form after the expiration', () => {
    const policy = policyOf();
    const form = { fields: new Map<string, string>(), bucket: 'docs' };
    checkPostPolicy(policy, { ...form, now: Date.parse(expiration) });
    assert.throws(
      () => {
        checkPostPolicy(policy, { ...form, now: Date.parse(expiration) + 1 });
      },
      { code: 'AccessDenied', message: /Policy expired/ },
    );
  });
});

describe('checkPostSize', () => {
  const cases = [
    { bytes: 1, code: 'EntityTooSmall' },
    { bytes: 2, code: undefined },
    { bytes: 4, code: undefined },
    { bytes: 5, code: 'EntityTooLarge' },
  ];
  for (const { bytes, code } of cases) {
    it(`finds ${bytes} bytes against 2 to 4 ${code ?? 'right'}`, () => {
      const check = (): void => {
        checkPostSize(policyOf(['content-length-range', 2, '4']), bytes);
      };
      if (code === undefined) check();
      else assert.throws(check, { code, status: 400 });
    });
  }
});

describe('parsePostPolicy', () => {
  const malformed = [
    ['no JSON', Buffer.from('{').toString('base64')],
    ['no expiration', encode({ conditions: [] })],
    ['an expiration that is not a date', encode({ expiration: 'soon', conditions: [] })],
    ['an unknown operator', encode({ expiration, conditions: [['ends-with', '$key', 'x']] })],
    ['a field without its dollar sign', encode({ expiration, conditions: [['eq', 'key', 'x']] })],
  ] as const;
  for (const [name, field] of malformed) {
    it(`refuses a policy with ${name}`, () => {
      assert.throws(() => parsePostPolicy(field), { code: 'InvalidPolicyDocument', status: 400 });
    });
  }
});
