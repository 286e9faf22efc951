import assert from 'node:assert/strict';
import { clientNetwork } from '../../src/domain/client-network.js';

describe('clientNetwork', () => {
  const cases: readonly (readonly [address: string, network: string])[] = [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:51234', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:DB8:0000:0001::ffff', '2001:db8:0:1::/64'],
    ['[2001:db8:0:1::9]:443', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ];
  for (const [address, network] of cases) {
    it(`finds the network ${network || 'none'} of ${address || 'no address'}`, () => {
      assert.equal(clientNetwork(address), network);
    });
  }

  it('returns a text for any malformed address', () => {
    for (const text of [':', ':::', '1:2:3', '::1::2', ':'.repeat(5_000), '1:2:3:4:5:6:7:8:9::'])
      assert.equal(typeof clientNetwork(text), 'string');
  });
});
