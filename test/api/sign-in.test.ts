import assert from 'node:assert/strict';
import { createLogger } from '../../src/observability/logger.js';
import { createPasswordHasher, type PasswordHasher } from '../../src/services/hash-password.js';
import { startTestApi, testCost, type TestApi } from '../support/api.js';

describe('guessed passwords', () => {
  const lines: string[] = [];
  let api: TestApi;
  /** The passwords that the hasher compared, which is the work that takes time. */
  let compared: (string | undefined)[];

  before(async () => {
    const real = createPasswordHasher(testCost);
    const passwords: PasswordHasher = {
      ...real,
      verify: (password, hash) => {
        compared.push(hash);
        return real.verify(password, hash);
      },
    };
    api = await startTestApi({
      passwords,
      http: { baseUrl: null, scheme: null, trust: { for: 1, proto: 0, host: 0, port: 0 } },
      logger: createLogger({
        level: 'info',
        name: 'test',
        destination: { write: (line: string) => void lines.push(line) },
      }),
    });
    await api.addUser('hipster', 'all');
  });
  after(() => api.close());
  beforeEach(() => {
    compared = [];
    lines.length = 0;
  });

  const signIn = (username: string, password: string, from: string): ReturnType<TestApi['http']['get']> =>
    api.http.get('/token').auth(username, password).set('X-Forwarded-For', from);

  it('answers repeated wrong passwords with 429 and a Retry-After, whether the user exists or not', async () => {
    const answers = new Set<string>();
    for (const username of ['hipster', 'nobody']) {
      for (let n = 0; n < 10; n += 1) await signIn(username, 'guess', '192.0.2.1').expect(401);
      const response = await signIn(username, 'pug', '192.0.2.1').expect(429);
      assert.equal(response.get('content-type'), 'application/json');
      assert.equal(response.get('retry-after'), '60');
      answers.add(response.text);
    }
    assert.deepEqual(
      [...answers].map((text) => JSON.parse(text) as unknown),
      [
        {
          status: 429,
          error: 'too many requests',
          message: 'Too many passwords were wrong. Please try again in 60 s.',
        },
      ],
    );
  });

  it('computes one hash per guess, with or without such a user, and none once it refuses', async () => {
    await signIn('hipster', 'guess', '192.0.2.2').expect(401);
    await signIn('nobody', 'guess', '192.0.2.2').expect(401);
    await signIn('no\0body', 'guess', '192.0.2.2').expect(401);
    assert.deepEqual(
      compared.map((hash) => typeof hash),
      ['string', 'undefined', 'undefined'],
    );
    for (let n = 0; n < 9; n += 1) await signIn('nobody', 'guess', '192.0.2.2').expect(401);
    compared = [];
    await signIn('nobody', 'guess', '192.0.2.2').expect(429);
    assert.deepEqual(compared, []);
  });

  it('checks ten of 300 guesses that arrive at once, and refuses the others with 429', async () => {
    const guesses = Array.from({ length: 300 }, (_one, n) => signIn('hipster', `guess ${n}`, '192.0.2.7'));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    assert.equal(compared.length, 10);
    assert.equal(statuses.filter((status) => status === 401).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 290);
  });

  it('accepts 30 right passwords that arrive at once', async () => {
    const signIns = Array.from({ length: 30 }, () => signIn('hipster', 'pug', '192.0.2.8'));
    const statuses = (await Promise.all(signIns)).map(({ status }) => status);
    assert.deepEqual(new Set(statuses), new Set([200]));
  });

  it("accepts the user's password from another address", async () => {
    for (let n = 0; n < 12; n += 1) await signIn('hipster', 'guess', '192.0.2.3');
    await signIn('hipster', 'pug', '192.0.2.4').expect(200);
  });

  it('accepts requests without credentials, or with a token, after wrong passwords', async () => {
    for (let n = 0; n < 20; n += 1) await api.http.get('/token').set('X-Forwarded-For', '192.0.2.5').expect(401);
    await signIn('hipster', 'pug', '192.0.2.5').expect(200);
    assert.equal(compared.length, 1);
  });

  it('logs the address and the user, but not a password sent as the name', async () => {
    await signIn('hipster', 'hunter2', '192.0.2.6').expect(401);
    await signIn('hunter2', '', '192.0.2.6').expect(401);
    const [one, other] = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'a password was wrong');
    assert.equal(one?.['username'], 'hipster');
    assert.equal(one['address'], '192.0.2.6');
    assert.equal(typeof one['requestId'], 'string');
    assert.equal(other?.['username'], null);
    assert.doesNotMatch(lines.join(''), /hunter2/);
  });
});
