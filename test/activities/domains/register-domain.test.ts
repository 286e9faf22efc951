import assert from 'node:assert/strict';
import { createRegisterDomain } from '../../../src/activities/domains/register-domain.js';
import { hasCode } from '../../../src/domain/errors.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('registerDomain', () => {
  let world: ProtocolWorld;
  before(async () => {
    world = await startProtocolWorld();
  });
  after(() => world.close());

  it('fails with a retryable error that names the setting when the worker lacks it', async () => {
    const id = await world.product();
    const register = createRegisterDomain({ knex: world.knex, dns: null });
    await register(id);
    await world.knex('products').where({ id }).update({ domain_record: 'wanted' });
    await assert.rejects(register(id), (error: Error) => {
      assert.ok(hasCode(error, 'dns_unavailable'));
      assert.match(error.message, /LTD_ROUTE53/);
      return true;
    });
  });
});
