import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CopyObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { checkout } from '../../../scripts/paths.js';
import { copySource } from '../../../src/integrations/object-store/copy-source.js';
import { percentEncode, percentEncodeKey } from '../../../src/integrations/object-store/percent-encoding.js';
import { createS3Client } from '../../../src/integrations/object-store/s3-client.js';
import { amzDateOf, canonicalRequest, createSigner, sha256 } from '../../../src/integrations/object-store/sigv4.js';
import { oddKeys } from '../../support/copy-jobs.js';

/** A case of AWS's test suite. */
interface Vector {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  readonly canonicalRequest: string;
  readonly authorization: string;
}

/*
 * AWS's "Signature Version 4 test suite" from awslabs/aws-c-auth (tests/aws-signing-test-suite/v4, Apache 2.0), with
 * the session token signed in a header. Cases with normalised paths are omitted, since S3 does not normalise paths.
 */
const suite = join(checkout, 'test/integrations/object-store/sigv4-test-suite.json');
const vectors = JSON.parse(readFileSync(suite, 'utf8')) as readonly Vector[];

/** The form in which a request is signed: names in lower case, once each. */
function headersOf({ headers }: Vector): string[] {
  const joined = new Map<string, string[]>();
  for (const [name, value] of headers) {
    joined.set(name.toLowerCase(), [...(joined.get(name.toLowerCase()) ?? []), value.trim()]);
  }
  return [...joined].flatMap(([name, values]) => [name, values.join(',')]);
}

function queryOf(text: string): string {
  const pairs = text.split('&').map((pair) => pair.split('=').map((part) => percentEncode(decodeURIComponent(part))));
  const sorted = pairs.map(([name = '', value = '']) => [name, value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return text === '' ? '' : sorted.map(([name, value]) => `${name}=${value}`).join('&');
}

describe("the lean client's Signature Version 4", () => {
  for (const vector of vectors) {
    it(`follows AWS's test suite: ${vector.name}`, () => {
      const [path = '', query = ''] = vector.target.split('?');
      const request = {
        method: vector.method,
        path: percentEncodeKey(path),
        query: queryOf(query),
        headers: headersOf(vector),
        payloadHash: sha256(vector.body),
      };
      assert.equal(canonicalRequest(request).canonical, vector.canonicalRequest);
      const sign = createSigner(vector.region, vector.service);
      assert.equal(sign(request, vector, '20150830T123600Z'), vector.authorization);
    });
  }

  it('follows the example of S3 for a request with a range', () => {
    const headers = [
      ...['x-amz-date', '20130524T000000Z'],
      ...['range', 'bytes=0-9'],
      ...['x-amz-content-sha256', sha256('')],
      ...['host', 'examplebucket.s3.amazonaws.com'],
    ];
    const request = { method: 'GET', path: '/test.txt', query: '', headers, payloadHash: sha256('') };
    const credentials = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    };
    assert.match(
      createSigner('us-east-1')(request, credentials, '20130524T000000Z'),
      /Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41$/,
    );
  });

  it('derives a new key for a new day and for new credentials', () => {
    const sign = createSigner('us-east-1');
    const request = { method: 'GET', path: '/', query: '', headers: [], payloadHash: sha256('') };
    const credentials = { accessKeyId: 'A', secretAccessKey: 'one' };
    const first = sign(request, credentials, '20260101T235959Z');
    const others = [
      sign(request, credentials, '20260102T000000Z'),
      sign(request, { ...credentials, secretAccessKey: 'two' }, '20260101T235959Z'),
    ];
    assert.equal(new Set([first, ...others]).size, 3);
    assert.equal(sign(request, credentials, '20260101T235959Z'), first);
  });

  it('writes times in the format of S3', () => {
    assert.equal(amzDateOf(new Date('2026-01-02T03:04:05.678Z')), '20260102T030405Z');
  });
});

describe('Signature Version 4 compared with the AWS SDK', () => {
  const credentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'hush',
    sessionToken: 'a/session+token==',
  };
  let client: S3Client;
  before(() => {
    client = createS3Client({ endpoint: 'http://store.test:9000', region: 'eu-north-1', credentials });
  });
  after(() => {
    client.destroy();
  });

  it("computes the SDK's signature for its requests, whatever the key and the metadata", async () => {
    const key = fc.oneof(fc.constantFrom(...oddKeys), fc.string({ unit: 'binary', minLength: 1 }));
    const values = fc.array(fc.constantFrom(' ', '  ', '\t', 'a', 'Z', '"', ';', '=', 'é', '%'), {
      maxLength: 12,
    });
    const value = values.map((characters) => characters.join(''));
    await fc.assert(
      fc.asyncProperty(key, value, value, async (Key, type, meta) => {
        const command = new CopyObjectCommand({
          Bucket: 'docs',
          Key,
          CopySource: copySource('docs', Key),
          ContentType: type,
          Metadata: { note: meta },
        });
        const sent = await signedBySdk(client, command);
        assert.equal(sent.path, `/docs/${percentEncodeKey(Key)}`);
        assert.equal(resign(sent, credentials), sent.headers['authorization']);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it("computes the SDK's signature for its listings", async () => {
    for (const Prefix of oddKeys) {
      const command = new ListObjectsV2Command({
        Bucket: 'docs',
        Prefix,
        EncodingType: 'url',
        MaxKeys: 1_000,
      });
      const sent = await signedBySdk(client, command);
      assert.equal(resign(sent, credentials), sent.headers['authorization']);
    }
  });
});

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request as the SDK would send it. */
async function signedBySdk(client: S3Client, command: CopyObjectCommand | ListObjectsV2Command): Promise<SentRequest> {
  let sent: SentRequest | undefined;
  const stack = client.middlewareStack.clone();
  stack.add(
    () => (args) => {
      sent = args.request as SentRequest; // the SDK's HttpRequest has these fields and more
      return Promise.resolve({ output: { ...args.input, $metadata: {} }, response: undefined });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'keepRequest' },
  );
  if (command instanceof CopyObjectCommand)
    await command.resolveMiddleware(stack, client.config, {})({ input: command.input });
  else await command.resolveMiddleware(stack, client.config, {})({ input: command.input });
  assert.ok(sent);
  return sent;
}

function resign(
  { method, path, query, headers }: SentRequest,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): string {
  const names = /SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '')?.[1]?.split(';') ?? [];
  const parameters = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1));
  const request = {
    method,
    path,
    query: parameters.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value ?? '')}`).join('&'),
    headers: names.flatMap((name) => [name, headers[name] ?? '']),
    payloadHash: headers['x-amz-content-sha256'] ?? '',
  };
  return createSigner('eu-north-1')(request, credentials, headers['x-amz-date'] ?? '');
}
