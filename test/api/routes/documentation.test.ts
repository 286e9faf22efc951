import assert from 'node:assert/strict';
import { describeApi } from '../../../src/api/openapi/describe-api.js';
import { routeGroups } from '../../../src/api/routes/all-routes.js';
import { packageVersion } from '../../../src/process/package-version.js';
import { startTestApi, type TestApi } from '../../support/api.js';

describe('the documentation that the service serves', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  it('serves the specification at /openapi.json without authentication', async () => {
    const response = await api.http.get('/openapi.json').expect(200);
    assert.equal(response.get('content-type'), 'application/json');
    assert.deepEqual(response.body, JSON.parse(JSON.stringify(describeApi(routeGroups, packageVersion))));
  });

  it('serves a page at /docs with its own content security policy', async () => {
    const response = await api.http.get('/docs').expect(200);
    assert.equal(response.get('content-type'), 'text/html; charset=utf-8');
    assert.match(response.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);
    assert.equal(response.get('x-content-type-options'), 'nosniff');
    assert.match(response.text, /^<!doctype html>/);
  });

  it('answers HEAD requests for the documentation', async () => {
    const head = await api.http.head('/docs').expect(200);
    assert.equal(head.text, undefined);
    assert.ok(Number(head.get('content-length')) > 10_000);
  });
});
