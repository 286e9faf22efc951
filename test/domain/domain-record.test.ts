import assert from 'node:assert/strict';
import { domainRecord } from '../../src/domain/domain-record.js';

describe('domainRecord', () => {
  const target = 'n.global-ssl.fastly.net';
  const cases: readonly (readonly [root: string, name: string, zones: readonly string[]])[] = [
    ['lsst.io', 'pipelines.lsst.io.', ['lsst.io']],
    ['docs.lsst.io', 'pipelines.docs.lsst.io.', ['docs.lsst.io', 'lsst.io']],
    ['a.docs.lsst.io', 'pipelines.a.docs.lsst.io.', ['a.docs.lsst.io', 'docs.lsst.io', 'lsst.io']],
    ['LSST.io', 'pipelines.LSST.io.', ['lsst.io']],
    ['lsst.io.', 'pipelines.lsst.io.', ['lsst.io']],
    ['localhost', 'pipelines.localhost.', ['localhost']],
  ];
  for (const [root, name, zones] of cases)
    it(`names the record ${name} in ${zones.join(' or ')}`, () => {
      const product = { slug: 'pipelines', root_domain: root, root_fastly_domain: target };
      assert.deepEqual(domainRecord(product), { name, target, ttl: 900, zones });
    });
});
