import assert from 'node:assert/strict';
import { readProcessOptions } from '../../../dev/object-store/process-options.js';

const env = {
  OBJECT_STORE_DATA_DIR: '/data',
  OBJECT_STORE_CREDENTIALS: 'id:secret,temporary:hidden:token',
  OBJECT_STORE_BUCKETS: 'docs:public-read,plain,owned:acls-disabled',
  OBJECT_STORE_PORT: '9000',
};

describe('readProcessOptions', () => {
  it('reads the environment of the process', () => {
    assert.deepEqual(readProcessOptions([], env), {
      dataDir: '/data',
      region: 'us-east-1',
      port: 9000,
      credentials: [
        { accessKeyId: 'id', secretAccessKey: 'secret' },
        { accessKeyId: 'temporary', secretAccessKey: 'hidden', sessionToken: 'token' },
      ],
      buckets: [
        { name: 'docs', publicRead: true, aclsDisabled: false },
        { name: 'plain', publicRead: false, aclsDisabled: false },
        { name: 'owned', publicRead: false, aclsDisabled: true },
      ],
    });
  });

  it('prefers a flag to the environment', () => {
    const options = readProcessOptions(['--port', '9001', '--latency-ms=50'], env);
    assert.equal(options.port, 9001);
    assert.equal(options.latencyMs, 50);
  });

  it('names all invalid options at once, and no secret', () => {
    const wrong = {
      OBJECT_STORE_CREDENTIALS: 'verysecret',
      OBJECT_STORE_BUCKETS: 'docs:open',
      OBJECT_STORE_PORT: 'x',
    };
    assert.throws(
      () => readProcessOptions([], wrong),
      ({ message }: Error) => {
        for (const name of ['DATA_DIR', 'CREDENTIALS', 'BUCKETS', 'PORT']) assert.match(message, new RegExp(name));
        assert.doesNotMatch(message, /verysecret/);
        return true;
      },
    );
  });
});
