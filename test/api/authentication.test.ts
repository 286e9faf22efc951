import assert from 'node:assert/strict';
import type { Response } from 'supertest';
import { deleteUser, updatePermissions } from '../../src/db/queries/users.js';
import { Secret } from '../../src/config/secret.js';
import { changePassword } from '../../src/services/create-user.js';
import { createTokenSigner } from '../../src/services/issue-token.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { productBody } from '../support/products.js';

const challenge = 'Basic realm="Authentication Required"';

describe('authentication', () => {
  let api: TestApi;
  let now: number;

  const keys = [new Secret('one key'), new Secret('an older key')];

  before(async () => {
    now = Date.now();
    api = await startTestApi({ tokens: createTokenSigner({ keys, now: () => now }) });
    await api.addUser('hipster', 'all');
    await api.addUser('Jürgen 🐶', 'upload');
  });
  after(() => api.close());

  async function tokenOf(username: string, password = 'pug'): Promise<string> {
    return String(bodyOf(await api.http.get('/token').auth(username, password).expect(200))['token']);
  }

  describe('authentication by password', () => {
    it('answers a name and password with only a token', async () => {
      const response = await api.http.get('/token').auth('hipster', 'pug').expect(200);
      assert.deepEqual(Object.keys(bodyOf(response)), ['token']);
      assert.match(String(bodyOf(response)['token']), /^[-\w.]+$/);
      assert.equal(response.get('content-type'), 'application/json');
    });

    it('accepts names and passwords in any script', async () => {
      await tokenOf('Jürgen 🐶');
    });

    const headers: readonly (readonly [what: string, header: string | undefined])[] = [
      ['no header', undefined],
      ['an empty header', ''],
      ['another scheme', 'Bearer abc'],
      ['the scheme alone', 'Basic'],
      ['credentials that are not base64', 'Basic !!!'],
      ['no colon', `Basic ${base64('hipster')}`],
      ['an empty name', 'Basic Og=='],
      ['a wrong password', `Basic ${base64('hipster:wrong')}`],
      ['an empty password', `Basic ${base64('hipster:')}`],
      ['an unknown user', `Basic ${base64('nobody:pug')}`],
      ['the name in another case', `Basic ${base64('Hipster:pug')}`],
      ['a null character in the name', `Basic ${base64('hip\0ster:pug')}`],
      ['credentials that are not UTF-8', `Basic ${Buffer.from([0xff, 0x3a, 0x61]).toString('base64')}`],
    ];
    for (const [what, header] of headers) {
      it(`refuses ${what} at /token`, async () => {
        const request = api.http.get('/token');
        assertRefused(await (header === undefined ? request : request.set('Authorization', header)), {
          message: 'please authenticate',
        });
      });
    }

    it('refuses a token in place of the user name at /token', async () => {
      assertRefused(await api.http.get('/token').auth(await tokenOf('hipster'), ''), {
        message: 'please authenticate',
      });
    });
  });

  describe('authentication by token', () => {
    async function post(token: string, password = ''): Promise<Response> {
      return api.http.post('/products/').auth(token, password).send({});
    }

    it('accepts a token whatever the password is', async () => {
      assert.equal((await post(await tokenOf('hipster'))).status, 400);
      assert.equal((await post(await tokenOf('hipster'), 'ignored')).status, 400);
    });

    it('accepts the scheme in any case', async () => {
      const header = `bAsIc ${base64(`${await tokenOf('hipster')}:`)}`;
      await api.http.post('/products/').set('Authorization', header).send({}).expect(400);
    });

    it('refuses a name and a password where a token is needed', async () => {
      assertRefused(await post('hipster', 'pug'));
    });

    it('refuses a request without the header or with an empty name', async () => {
      assertRefused(await api.http.post('/products/').send({}));
      assertRefused(await api.http.post('/products/').set('Authorization', 'Basic Og==').send({}));
    });

    it('refuses a token that was altered', async () => {
      const token = await tokenOf('hipster');
      assertRefused(await post(`${token}A`));
      assertRefused(await post(token.replace(/^../, 'AA')));
      assertRefused(await post(token.slice(0, -1)));
    });

    it('refuses a token that has expired', async () => {
      const token = await tokenOf('hipster');
      const issued = now;
      try {
        now = issued + 3_599_000;
        assert.equal((await post(token)).status, 400);
        now = issued + 3_601_000;
        assertRefused(await post(token));
      } finally {
        now = issued;
      }
    });

    it('refuses a token signed with an unknown key and accepts one signed with an older key', async () => {
      const user = await api.knex<{ id: number; token_key: string }>('users').first();
      assert.ok(user !== undefined);
      const sign = (key: string): string => createTokenSigner({ keys: [new Secret(key)], now: () => now }).issue(user);
      assertRefused(await post(sign('an unknown key')));
      assert.equal((await post(sign('an older key'))).status, 400);
    });

    it('refuses the token of a deleted user, also after the name is used again', async () => {
      await api.addUser('brief', 'all');
      const token = await tokenOf('brief');
      await deleteUser(api.knex, 'brief');
      assertRefused(await post(token));
      await api.addUser('brief', 'all');
      assertRefused(await post(token));
    });

    it('refuses a token that is older than the password', async () => {
      await api.addUser('careful', 'all');
      const token = await tokenOf('careful');
      await changePassword(api.deps, { username: 'careful', password: 'new' });
      assertRefused(await post(token));
      assert.equal((await post(await tokenOf('careful', 'new'))).status, 400);
      await api.http.get('/token').auth('careful', 'pug').expect(401);
    });

    it('applies a revoked permission at once', async () => {
      await api.addUser('demoted', 'product');
      const token = await tokenOf('demoted');
      await updatePermissions(api.knex, 'demoted', 0);
      assert.equal((await post(token)).status, 403);
    });

    for (const permissions of ['none', 'user', 'edition', 'upload', 'deprecate', 'user,edition,upload,deprecate']) {
      it(`answers 403 to a user with ${permissions} where another permission is needed`, async () => {
        const client = await api.as(permissions);
        const response = await client.post('/products/', productBody()).expect(403);
        assert.deepEqual(response.body, { status: 403, error: 'unauthorized', message: 'not authorized' });
        await client.patch('/products/pipelines', {}).expect(403);
      });
    }
  });

  describe('authentication at public addresses', () => {
    for (const header of ['Basic Og==', 'nonsense', `Basic ${base64('nobody:pug')}`]) {
      it(`ignores the header ${header} at public addresses`, async () => {
        await api.http.get('/products/').set('Authorization', header).expect(200);
      });
    }
  });

  it('checks authentication, then permission, then the resource, then the body', async () => {
    const garbage = '{"';
    const patch = (token?: string): ReturnType<TestApi['http']['patch']> => {
      const request = api.http.patch('/products/nope').set('Content-Type', 'text/plain');
      return token === undefined ? request : request.auth(token, '');
    };
    await patch().send(garbage).expect(401);
    await patch(await api.token('upload'))
      .send(garbage)
      .expect(403);
    await patch(await api.token('product'))
      .send(garbage)
      .expect(404);
    await (await api.as('product')).post('/products/', productBody({ slug: 'ordered' })).expect(201);
    await api.http
      .patch('/products/ordered')
      .auth(await api.token('product'), '')
      .set('Content-Type', 'text/plain')
      .send(garbage)
      .expect(415);
  });
});

function assertRefused(response: Response, { message = 'please send your authentication token' } = {}): void {
  assert.equal(response.status, 401);
  assert.equal(response.get('www-authenticate'), challenge);
  assert.deepEqual(response.body, { status: 401, error: 'unauthorized', message });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
