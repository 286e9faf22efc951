import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { startObjectStore } from '../../../dev/object-store/start-object-store.js';
import type { ObjectStoreServer } from '../../../dev/object-store/options.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';
import { hasCode } from '../../../src/domain/errors.js';
import { resolveLeanEndpoint } from '../../../src/integrations/object-store/lean-endpoint.js';
import { createLeanRequests } from '../../../src/integrations/object-store/lean-requests.js';
import { createS3Client, type S3ClientOptions } from '../../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../../src/integrations/object-store/s3-object-store.js';
import { accessBySdk } from '../../support/test-store.js';
import { oddKeys } from '../../support/copy-jobs.js';
import { storeAccess } from '../../support/servers.js';

const gate = (): void => undefined;

describe('resolveLeanEndpoint', () => {
  const cases: readonly (readonly [bucket: string, config: S3ClientConfig, where: string | null])[] = [
    ['docs', {}, 'https://docs.s3.eu-west-1.amazonaws.com/ for eu-west-1'],
    ['docs.lsst.io', {}, 'https://s3.eu-west-1.amazonaws.com/docs.lsst.io for eu-west-1'],
    ['docs', { useDualstackEndpoint: true }, 'https://docs.s3.dualstack.eu-west-1.amazonaws.com/ for eu-west-1'],
    [
      'docs',
      { region: 'us-gov-west-1', useFipsEndpoint: true },
      'https://docs.s3-fips.us-gov-west-1.amazonaws.com/ for us-gov-west-1',
    ],
    ['docs', { region: 'cn-north-1' }, 'https://docs.s3.cn-north-1.amazonaws.com.cn/ for cn-north-1'],
    ['docs', { endpoint: 'http://store.test:9000', forcePathStyle: true }, 'http://store.test:9000/docs for eu-west-1'],
    [
      'docs',
      { endpoint: 'https://store.test/base/', forcePathStyle: true },
      'https://store.test/base/docs for eu-west-1',
    ],
    ['docs', { endpoint: 'https://store.test' }, 'https://docs.store.test/ for eu-west-1'],
    [
      'arn:aws:s3:us-west-2:123456789012:accesspoint/mine',
      { useArnRegion: true },
      'https://mine-123456789012.s3-accesspoint.us-west-2.amazonaws.com/ for us-west-2',
    ],
    ['docs--euw1-az1--x-s3', {}, null],
    ['arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap', {}, null],
  ];
  for (const [bucket, config, where] of cases) {
    it(`sends requests for ${bucket} with ${JSON.stringify(config)} to ${where ?? 'the SDK'}`, async () => {
      const client = new S3Client({ region: 'eu-west-1', credentials: storeAccess.credentials, ...config });
      const found = await resolveLeanEndpoint(client, bucket);
      assert.equal(
        found && `${found.origin}${found.basePath === '' ? '/' : found.basePath} for ${found.region}`,
        where,
      );
      client.destroy();
    });
  }
});

describe("the lean client's requests", () => {
  const temporary = { accessKeyId: 'TEMPORARY', secretAccessKey: 'hush', sessionToken: 'FwoG+/==' };
  let server: ObjectStoreServer;
  let closing: (() => void)[] = [];
  before(async () => {
    server = await startObjectStore({
      dataDir: await temporaryFolder('lean-requests'),
      credentials: [storeAccess.credentials, temporary],
      region: storeAccess.region,
      buckets: [{ name: 'docs' }],
    });
  });
  afterEach(() => {
    server.faults.reset();
    for (const close of closing) close();
    closing = [];
  });
  after(() => server.close());

  const storeOver = (changes: Partial<S3ClientOptions> = {}) => {
    const client = createS3Client({ endpoint: server.url, ...storeAccess, ...changes });
    const requests = createLeanRequests(client);
    closing.push(() => {
      requests.destroy();
      client.destroy();
    });
    const store = createS3ObjectStore({ client, requests, attempts: { maxAttempts: 2, backoff: 1 } });
    return { store, client, ...accessBySdk(client, 'docs') };
  };

  it('copies an object from any key to any key', async () => {
    const { store, put, read } = storeOver();
    for (const [at, key] of oddKeys.entries()) {
      await put(`from/${key}`, { body: `${at}` });
      const source = await store.head({ bucket: 'docs', key: `from/${key}` });
      assert.ok(source, key);
      const headers = { system: { 'content-type': 'text/x' }, metadata: { at: `${at}`, spaced: ' a  b ' } };
      const keys = { sourceKey: `from/${key}`, destinationKey: `to/${key}` };
      await store.copy({ bucket: 'docs', ...keys, source, headers, acl: 'public-read', gate });
      assert.equal((await read(`to/${key}`)).body, `${at}`);
    }
    const { objects } = await store.listPage({ bucket: 'docs', prefix: 'to/' });
    assert.deepEqual(
      objects.map(({ key }) => key),
      oddKeys.map((key) => `to/${key}`),
    );
  });

  it('writes and reads metadata as the SDK does, including Latin-1 letters', async () => {
    const { store, put, read } = storeOver();
    await put('latin', { body: 'abc' });
    const source = { etag: '900150983cd24fb0d6963f7d28e17f72', size: 3 };
    const headers = { system: { 'content-type': 'text/plain' }, metadata: { name: 'Ångström' } };
    const copy = {
      bucket: 'docs',
      sourceKey: 'latin',
      destinationKey: 'copy',
      source,
      headers,
      acl: null,
      gate,
    };
    const bySdk = createS3ObjectStore({ client: storeOver().client, attempts: { maxAttempts: 1 } });
    const outcome = async (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: unknown) => (hasCode(error, 'store_access_denied') ? 'denied' : String(error)),
      );
    assert.equal(await outcome(store.copy(copy)), await outcome(bySdk.copy(copy)));
    await put('latin', { body: 'abc', headers: { metadata: { name: 'plain' } } });
    assert.deepEqual((await store.head({ bucket: 'docs', key: 'latin' }))?.headers, (await read('latin')).headers);
  });

  it('refuses at once a header that HTTP cannot carry', async () => {
    const { store, put } = storeOver();
    await put('a', { body: 'abc' });
    const source = { etag: '900150983cd24fb0d6963f7d28e17f72', size: 3 };
    for (const name of ['日本', 'two\nlines']) {
      const headers = { system: {}, metadata: { name } };
      await assert.rejects(
        store.copy({ bucket: 'docs', sourceKey: 'a', destinationKey: 'b', source, headers, acl: null, gate }),
        (error) => hasCode(error, 'store_rejected'),
      );
    }
  });

  it('signs with the session token of temporary credentials', async () => {
    const { store } = storeOver({ credentials: temporary });
    await store.listPage({ bucket: 'docs', prefix: '' });
    const { store: other } = storeOver({ credentials: { ...temporary, sessionToken: 'other' } });
    await assert.rejects(other.listPage({ bucket: 'docs', prefix: '' }), (error) =>
      hasCode(error, 'store_access_denied'),
    );
  });

  it('sends no session token for credentials whose token is empty', async () => {
    const { store } = storeOver({ credentials: { ...storeAccess.credentials, sessionToken: '' } });
    assert.deepEqual((await store.listPage({ bucket: 'docs', prefix: 'nothing/' })).objects, []);
  });

  it('requests new credentials once they have expired', async () => {
    let asked = 0;
    const client = new S3Client({
      endpoint: server.url,
      forcePathStyle: true,
      region: storeAccess.region,
      credentials: () => {
        asked += 1;
        const expiration = new Date();
        return Promise.resolve({ ...(asked === 1 ? storeAccess.credentials : temporary), expiration });
      },
    });
    const requests = createLeanRequests(client);
    closing.push(() => {
      requests.destroy();
      client.destroy();
    });
    const store = createS3ObjectStore({ client, requests });
    await store.listPage({ bucket: 'docs', prefix: '' });
    const before = asked;
    await store.listPage({ bucket: 'docs', prefix: '' });
    assert.ok(asked > before);
  });

  it('adopts the clock of a store whose time differs too much from its own', async () => {
    const { store } = storeOver();
    server.faults.setClockOffset(3_600_000);
    await store.listPage({ bucket: 'docs', prefix: '' });
  });

  it('says how to configure a missing region or missing credentials', async () => {
    const { store } = storeOver({ credentials: null, region: null });
    const failure = await store.listPage({ bucket: 'docs', prefix: '' }).catch((error: unknown) => error);
    assert.ok(hasCode(failure, 'store_rejected') || hasCode(failure, 'store_access_denied'), String(failure));
  });

  it('reuses its connections, also after a HEAD', async () => {
    let connections = 0;
    const nothing = createServer((_request, response) => response.writeHead(404).end());
    nothing.on('connection', () => (connections += 1));
    nothing.listen(0, '127.0.0.1');
    await once(nothing, 'listening');
    closing.push(() => nothing.close());
    const { store } = storeOver({ endpoint: `http://127.0.0.1:${(nothing.address() as AddressInfo).port}` });
    for (let count = 0; count < 20; count += 1) {
      assert.equal(await store.head({ bucket: 'docs', key: 'nothing' }), null);
    }
    // undici frees a connection a moment after the answer was read, so a few are in use; without reuse, each HEAD would
    // have its own.
    assert.ok(connections <= 3, `${connections} connections`);
  });
});
