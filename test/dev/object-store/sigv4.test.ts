import assert from 'node:assert/strict';
import {
  canonicalRequest,
  deriveSigningKey,
  parseCredentialScope,
  requestStringToSign,
  sha256Hex,
  signatureOf,
  type SignedRequest,
} from '../../../dev/object-store/sigv4.js';

// The examples of AWS's documentation: "Signature calculations for the Authorization header: transferring payload in a
// single chunk" and "Authenticating requests: using query parameters".
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', date: '20130524', region: 'us-east-1', service: 's3' };
const amzDate = '20130524T000000Z';
const emptyHash = sha256Hex('');

function signatureFor(
  request: Omit<SignedRequest, 'header' | 'signedHeaders'>,
  headers: Record<string, string>,
): string {
  const signedHeaders = Object.keys(headers).sort();
  const canonical = canonicalRequest({ ...request, signedHeaders, header: (name) => headers[name] });
  return signatureOf(deriveSigningKey(secretAccessKey, scope), requestStringToSign(canonical, { amzDate, scope }));
}

const host = 'examplebucket.s3.amazonaws.com';

describe('Signature Version 4', () => {
  const examples = [
    {
      name: 'GET with a range',
      request: { method: 'GET', path: '/test.txt', query: [], payloadHash: emptyHash },
      headers: { host, range: 'bytes=0-9', 'x-amz-content-sha256': emptyHash, 'x-amz-date': amzDate },
      signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
    {
      name: 'PUT of a key with a dollar sign',
      request: {
        method: 'PUT',
        path: '/test$file.text',
        query: [],
        payloadHash: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      },
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        host,
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-date': amzDate,
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    },
    {
      name: 'GET of a sub-resource',
      request: { method: 'GET', path: '/', query: [['lifecycle', '']], payloadHash: emptyHash },
      headers: { host, 'x-amz-content-sha256': emptyHash, 'x-amz-date': amzDate },
      signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    },
    {
      name: 'GET with a query',
      request: {
        method: 'GET',
        path: '/',
        query: [
          ['max-keys', '2'],
          ['prefix', 'J'],
        ],
        payloadHash: emptyHash,
      },
      headers: { host, 'x-amz-content-sha256': emptyHash, 'x-amz-date': amzDate },
      signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    },
    {
      name: 'a presigned GET',
      request: {
        method: 'GET',
        path: '/test.txt',
        query: [
          ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
          ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
          ['X-Amz-Date', amzDate],
          ['X-Amz-Expires', '86400'],
          ['X-Amz-SignedHeaders', 'host'],
        ],
        payloadHash: 'UNSIGNED-PAYLOAD',
      },
      headers: { host },
      signature: 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    },
  ] as const;
  for (const { name, request, headers, signature } of examples) {
    it(`signs AWS's example: ${name}`, () => {
      assert.equal(signatureFor(request, headers), signature);
    });
  }

  it('ignores the order of query parameters and spaces around header values', () => {
    const request = { method: 'GET', path: '/', payloadHash: emptyHash };
    const a = signatureFor(
      {
        ...request,
        query: [
          ['a', '1'],
          ['a-b', '2'],
          ['a', '0'],
        ],
      },
      { host: ' h  i ' },
    );
    const b = signatureFor(
      {
        ...request,
        query: [
          ['a-b', '2'],
          ['a', '0'],
          ['a', '1'],
        ],
      },
      { host: 'h i' },
    );
    assert.equal(a, b);
  });

  it('signs the AWS example of a browser form', () => {
    const form = { ...scope, date: '20151229' };
    // "Example: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)".
    const policy =
      'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9';
    const signature = signatureOf(deriveSigningKey(secretAccessKey, form), policy);
    assert.equal(signature, '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e');
  });
});

describe('parseCredentialScope', () => {
  it('parses the scope, also of a key id with slashes', () => {
    assert.deepEqual(parseCredentialScope('a/b/20130524/us-east-1/s3/aws4_request'), {
      ...scope,
      accessKeyId: 'a/b',
    });
  });
  for (const credential of ['', 'a', '20130524/us-east-1/s3/aws4_request', 'a/20130524/us-east-1/s3/aws3_request']) {
    it(`refuses ${JSON.stringify(credential)} as a scope`, () => {
      assert.equal(parseCredentialScope(credential), undefined);
    });
  }
});
