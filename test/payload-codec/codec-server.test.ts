import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { createCodecServer } from '../../src/payload-codec/codec-server.js';
import { createEncryptingCodec } from '../../src/payload-codec/encrypting-codec.js';
import { Secret } from '../../src/config/secret.js';

const codec = createEncryptingCodec([{ id: 'a', key: new Secret(randomBytes(32).toString('base64')) }]);
const server = createCodecServer({ codec, allowedOrigin: 'http://localhost:8233' });
const plain = {
  payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: Buffer.from('"pipelines"').toString('base64') }],
};

describe('the codec server', () => {
  it('decrypts payloads that it encrypted', async () => {
    const encoded = await request(server).post('/encode').send(plain).expect(200);
    assert.doesNotMatch(encoded.text, /anNvbi9wbGFpbg|InBpcGVsaW5lcyI/);
    const decoded = await request(server)
      .post('/decode')
      .send(JSON.parse(encoded.text) as object)
      .expect(200);
    assert.deepEqual(decoded.body, plain);
    assert.equal(decoded.get('cache-control'), 'no-store');
  });

  it('allows pages of the Web UI to read its answers, and no others', async () => {
    for (const answer of [
      await request(server).options('/decode').set('Origin', 'https://evil.example').expect(200),
      await request(server).post('/decode').set('Origin', 'https://evil.example').send(plain).expect(200),
    ])
      assert.equal(answer.get('access-control-allow-origin'), 'http://localhost:8233');
    const closed = createCodecServer({ codec, allowedOrigin: null });
    const answer = await request(closed).options('/decode').set('Origin', 'http://localhost:8233');
    assert.equal(answer.get('access-control-allow-origin'), undefined);
  });

  it('names the key that it lacks', async () => {
    const stranger = createEncryptingCodec([{ id: 'b', key: new Secret(randomBytes(32).toString('base64')) }]);
    const theirs = createCodecServer({ codec: stranger, allowedOrigin: null });
    const encoded = await request(theirs).post('/encode').send(plain);
    const answer = await request(server)
      .post('/decode')
      .send(JSON.parse(encoded.text) as object)
      .expect(400);
    assert.match(answer.text, /the key \\"b\\": add it to LTD_TEMPORAL_ENCRYPTION_KEYS/);
  });

  for (const [what, body] of [
    ['no JSON', '{'],
    ['no payloads', '{}'],
    ['invalid payloads', '{"payloads": [1]}'],
    ['more than 4 MiB', JSON.stringify({ payloads: [], more: 'x'.repeat(4 * 1024 ** 2) })],
  ] as const) {
    it(`refuses ${what} with a 4xx status`, async () => {
      await request(server).post('/decode').set('Content-Type', 'application/json').send(body).expect(400);
    });
  }

  it('answers 404 at other addresses', async () => {
    await request(server).get('/decode').expect(404);
    await request(server).post('/decrypt').send(plain).expect(404);
  });
});
