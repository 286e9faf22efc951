import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { stackOptions } from '../../../dev/stack/options.js';

describe('the options of the development stack', () => {
  it('defaults to a folder in the checkout, fixed ports and no delay', () => {
    const usual = { folder: resolve('.dev'), ports: 'fixed', s3LatencyMs: 0 };
    assert.deepEqual(stackOptions({}), usual);
    assert.deepEqual(stackOptions({ DEV_DIR: '', DEV_PORTS: '', DEV_S3_LATENCY_MS: '' }), usual);
  });

  it('reads options from the environment', () => {
    const env = { DEV_DIR: '/tmp/x', DEV_PORTS: 'auto', DEV_S3_LATENCY_MS: '50', LTD_METRICS_PORT: '9464' };
    const options = { folder: '/tmp/x', ports: 'auto', s3LatencyMs: 50, metricsPort: 9464 };
    assert.deepEqual(stackOptions(env), options);
  });

  it('refuses invalid options by name', () => {
    assert.throws(() => stackOptions({ DEV_PORTS: 'atuo' }), /DEV_PORTS=atuo/);
    assert.throws(() => stackOptions({ DEV_S3_LATENCY_MS: '50ms' }), /DEV_S3_LATENCY_MS=50ms/);
    assert.throws(() => stackOptions({ LTD_METRICS_PORT: 'http' }), /LTD_METRICS_PORT=http/);
  });
});
