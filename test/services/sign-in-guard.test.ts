import assert from 'node:assert/strict';
import { hasCode } from '../../src/domain/errors.js';
import { clientNetwork, createSignInGuard } from '../../src/services/sign-in-guard.js';

const minute = 60_000;

/** A guard whose clock only the test moves, and whose pauses are only counted. */
function setUp(pause?: () => Promise<void>) {
  let time = 0;
  const seen = { checks: 0, pauses: 0 };
  const guard = createSignInGuard({
    now: () => time,
    pause: async () => {
      seen.pauses += 1;
      await pause?.();
    },
  });
  const attempt = async (username: string, address: string, isRight: boolean): Promise<string> => {
    const check = (): Promise<string | undefined> => {
      seen.checks += 1;
      return Promise.resolve(isRight ? 'in' : undefined);
    };
    return guard.attempt({ username, address }, check).then(
      (found) => found ?? 'wrong',
      (error: unknown) => {
        assert.ok(hasCode(error, 'too_many_attempts'));
        return `wait ${String(error.retryAfter)}`;
      },
    );
  };
  const wrong = async (times: number, username: string, address: string): Promise<void> => {
    for (let n = 0; n < times; n += 1) await attempt(username, address, false);
  };
  return {
    guard,
    seen,
    wrong,
    right: (username: string, address: string) => attempt(username, address, true),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

describe('createSignInGuard', () => {
  it('refuses a network with too many wrong passwords without a check, and says for how long', async () => {
    const { wrong, right, seen } = setUp();
    await wrong(10, 'ann', '192.0.2.1');
    assert.equal(await right('ann', '192.0.2.1'), 'wait 60');
    assert.equal(seen.checks, 10);
  });

  it('checks one password a minute for a refused network', async () => {
    const { wrong, right, pass } = setUp();
    await wrong(10, 'ann', '192.0.2.1');
    pass(minute);
    await wrong(1, 'ann', '192.0.2.1');
    assert.equal(await right('ann', '192.0.2.1'), 'wait 60');
    pass(minute);
    assert.equal(await right('ann', '192.0.2.1'), 'in');
  });

  it('accepts a user after a few wrong passwords, and forgets those', async () => {
    const { wrong, right } = setUp();
    for (let round = 0; round < 5; round += 1) {
      await wrong(9, 'ann', '192.0.2.1');
      assert.equal(await right('ann', '192.0.2.1'), 'in');
    }
  });

  it('accepts a user at once after strangers tried the name a thousand times', async () => {
    const { wrong, right, seen } = setUp();
    await right('ann', '192.0.2.1');
    for (let n = 0; n < 200; n += 1) await wrong(5, 'ann', `198.51.100.${n}`);
    seen.pauses = 0;
    assert.equal(await right('ann', '192.0.2.1'), 'in');
    assert.equal(seen.pauses, 0);
  });

  it('accepts that user from a new address after a pause', async () => {
    const { wrong, right, seen } = setUp();
    for (let n = 0; n < 50; n += 1) await wrong(1, 'ann', `198.51.100.${n}`);
    assert.equal(seen.pauses, 0);
    assert.equal(await right('ann', '203.0.113.9'), 'in');
    assert.equal(seen.pauses, 1);
  });

  it('delays each guess at one name from many networks', async () => {
    const { wrong, seen } = setUp();
    for (let n = 0; n < 150; n += 1) await wrong(1, 'ann', `198.51.100.${n}`);
    assert.equal(seen.pauses, 100);
  });

  it('refuses a network that tries one password with many names', async () => {
    const { wrong, right } = setUp();
    for (let n = 0; n < 100; n += 1) await wrong(1, `user ${n}`, '192.0.2.1');
    assert.equal(await right('ann', '192.0.2.1'), 'wait 5');
    assert.equal(await right('ann', '192.0.2.2'), 'in');
  });

  it('checks 100 of 300 names that one network tries at once', async () => {
    const { wrong, seen } = setUp();
    await Promise.all(Array.from({ length: 300 }, (_one, n) => wrong(1, `user ${n}`, '192.0.2.1')));
    assert.equal(seen.checks, 100);
  });

  it('delays 250 of 300 networks that try one name at once', async () => {
    const { wrong, seen } = setUp();
    await Promise.all(Array.from({ length: 300 }, (_one, n) => wrong(1, 'ann', `198.51.${n % 2}.${n >> 1}`)));
    assert.equal(seen.checks, 300);
    assert.equal(seen.pauses, 250);
  });

  it('forgets after a right password only the failures with that name from that network', async () => {
    const { wrong, right } = setUp();
    await wrong(10, 'ann', '192.0.2.2');
    await wrong(9, 'ann', '192.0.2.1');
    await right('ann', '192.0.2.1');
    await wrong(9, 'ann', '192.0.2.1');
    assert.equal(await right('ann', '192.0.2.1'), 'in');
    assert.equal(await right('ann', '192.0.2.2'), 'wait 60');
  });

  it('accepts users who signed in there before, whatever others in their network do', async () => {
    const { wrong, right } = setUp();
    await right('ann', '192.0.2.1');
    for (let n = 0; n < 150; n += 1) await wrong(1, `user ${n}`, '192.0.2.1');
    assert.equal(await right('ann', '192.0.2.1'), 'in');
    assert.match(await right('bob', '192.0.2.1'), /^wait/);
  });

  it('keeps refusing an attacker who signs in to an own account in between', async () => {
    const { wrong, right } = setUp();
    for (let n = 0; n < 110; n += 1) {
      await wrong(1, `user ${n}`, '192.0.2.1');
      await right('mallory', '192.0.2.1');
    }
    assert.match(await right('ann', '192.0.2.1'), /^wait/);
  });

  it('counts the addresses of one IPv6 network as one', async () => {
    const { wrong, right } = setUp();
    for (let n = 0; n < 10; n += 1) await wrong(1, 'ann', `2001:db8::${n}`);
    assert.match(await right('ann', '2001:db8::ffff'), /^wait/);
    assert.equal(await right('ann', '2001:db8:0:1::1'), 'in');
  });

  it('counts no failure when the check itself failed', async () => {
    const { guard, right } = setUp();
    const down = (): Promise<never> => Promise.reject(new Error('the database is down'));
    for (let n = 0; n < 50; n += 1)
      await assert.rejects(guard.attempt({ username: 'ann', address: '192.0.2.1' }, down), /is down/);
    assert.equal(await right('ann', '192.0.2.1'), 'in');
  });

  it('holds at most 500 connections for a pause', async () => {
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { wrong, right } = setUp(() => over);
    for (let n = 0; n < 50; n += 1) await wrong(1, 'ann', `198.51.100.${n}`);
    const waiting = Array.from({ length: 500 }, (_one, n) => right('ann', `10.0.${n % 2}.${n >> 1}`));
    assert.equal(await right('ann', '203.0.113.9'), 'wait 2');
    end();
    assert.ok((await Promise.all(waiting)).every((answer) => answer === 'in'));
    assert.equal(await right('ann', '203.0.113.9'), 'in');
  });
});

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
