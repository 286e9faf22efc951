import assert from 'node:assert/strict';
import { resolveAddress } from '../../../dev/edge/address.js';

describe('addresses at the edge', () => {
  const cases: [host: string, path: string, key: string, notFoundKey: string][] = [
    ['pipes.localhost:8601', '/', 'pipes/v/main/index.html', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/guide/', 'pipes/v/main/guide/index.html', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/guide/a.html', 'pipes/v/main/guide/a.html', 'pipes/v/main/404.html'],
    ['PIPES.example.org', '/_static/x.css', 'pipes/v/main/_static/x.css', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/v/', 'pipes/v/index.html', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/builds/', 'pipes/builds/index.html', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/v/1.0', 'pipes/v/1.0', 'pipes/v/1.0/404.html'],
    ['pipes.localhost', '/v/1.0/', 'pipes/v/1.0/index.html', 'pipes/v/1.0/404.html'],
    ['pipes.localhost', '/builds/7/a/b.js', 'pipes/builds/7/a/b.js', 'pipes/builds/7/404.html'],
    ['pipes.localhost', '/versions', 'pipes/v/main/versions', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/a%20b/%C3%A9+.html', 'pipes/v/main/a b/é+.html', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/a//b', 'pipes/v/main/a//b', 'pipes/v/main/404.html'],
    ['pipes.localhost', '/v/1.0/../../../q', 'pipes/v/1.0/../../../q', 'pipes/v/1.0/404.html'],
  ];
  for (const [host, path, key, notFoundKey] of cases)
    it(`maps ${host}${path} to the object ${key}`, () => {
      assert.deepEqual(resolveAddress(host, path), { product: 'pipes', key, notFoundKey });
    });

  for (const host of ['localhost:8601', '127.0.0.1:8601', '[::1]:8601', '', '.localhost'])
    it(`finds no product for '${host}'`, () => {
      assert.equal(resolveAddress(host, '/'), undefined);
    });
});
