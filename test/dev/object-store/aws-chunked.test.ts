import assert from 'node:assert/strict';
import { type AwsChunkedOptions, decodeAwsChunked } from '../../../dev/object-store/aws-chunked.js';
import { deriveSigningKey } from '../../../dev/object-store/sigv4.js';

async function decode(wire: Buffer, options: Partial<AwsChunkedOptions> = {}, pieces = wire.length): Promise<Buffer> {
  const full: AwsChunkedOptions = {
    signing: undefined,
    hasTrailer: false,
    onTrailers: () => undefined,
    ...options,
  };
  const received: Buffer[] = [];
  for await (const chunk of decodeAwsChunked(cut(wire, pieces), full)) received.push(chunk);
  return Buffer.concat(received);
}

async function* cut(wire: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < wire.length; at += size) yield await Promise.resolve(wire.subarray(at, at + size));
}

// The example of AWS's documentation: "Signature calculations for the Authorization header: transferring payload in
// multiple chunks", 65 KiB of the letter a in chunks of 64 KiB.
const scope = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', date: '20130524', region: 'us-east-1', service: 's3' };
const signing = {
  scope,
  signingKey: deriveSigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope),
  amzDate: '20130524T000000Z',
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
};
const signatures = [
  'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
  '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
  'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
];
const signedWire = (payload: string): Buffer =>
  Buffer.from(
    [
      `10000;chunk-signature=${signatures[0] ?? ''}\r\n${payload.slice(0, 65_536)}\r\n`,
      `400;chunk-signature=${signatures[1] ?? ''}\r\n${payload.slice(65_536)}\r\n`,
      `0;chunk-signature=${signatures[2] ?? ''}\r\n\r\n`,
    ].join(''),
  );

describe('decodeAwsChunked', () => {
  it("accepts AWS's example of signed chunks", async () => {
    const payload = 'a'.repeat(66_560);
    assert.equal((await decode(signedWire(payload), { signing })).toString(), payload);
  });

  it('refuses a signed body with one changed byte', async () => {
    const payload = `${'a'.repeat(66_559)}b`;
    await assert.rejects(decode(signedWire(payload), { signing }), { code: 'SignatureDoesNotMatch' });
  });

  it('decodes the same content for any split by the network', async () => {
    const wire = Buffer.from('5\r\nhello\r\n6\r\n\r\nwide\r\n0\r\nx-amz-checksum-crc32: abc=\r\n\r\n');
    for (const pieces of [1, 2, 3, 7, 100]) {
      const trailers = new Map<string, string>();
      const onTrailers = (found: ReadonlyMap<string, string>): void => {
        for (const [name, value] of found) trailers.set(name, value);
      };
      const text = (await decode(wire, { hasTrailer: true, onTrailers }, pieces)).toString();
      assert.equal(text, 'hello\r\nwide');
      assert.deepEqual([...trailers], [['x-amz-checksum-crc32', 'abc=']]);
    }
  });

  const broken = [
    { name: 'ends early', wire: '5\r\nhel', code: 'IncompleteBody' },
    { name: 'has no last chunk', wire: '5\r\nhello\r\n', code: 'IncompleteBody' },
    { name: 'has a chunk longer than stated', wire: '3\r\nhello\r\n0\r\n\r\n', code: 'InvalidRequest' },
    { name: 'is not chunked', wire: 'hello there\r\n', code: 'InvalidRequest' },
  ];
  for (const { name, wire, code } of broken) {
    it(`refuses a body that ${name}`, async () => {
      await assert.rejects(decode(Buffer.from(wire)), { code });
    });
  }
});
