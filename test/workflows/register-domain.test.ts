import assert from 'node:assert/strict';
import { CreateHostedZoneCommand, ListResourceRecordSetsCommand, type Route53Client } from '@aws-sdk/client-route-53';
import { Product } from '../../src/db/models/product.js';
import type { Dns } from '../../src/integrations/dns/dns.js';
import { createRoute53Client, createRoute53Dns } from '../../src/integrations/dns/route53-dns.js';
import { domainWorkflowId } from '../../src/workflows/contract.js';
import { cli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { type Moto, motoAccess, route53Of, startMoto } from '../support/moto.js';
import { productBody } from '../support/products.js';
import { startTestWorker } from '../support/worker.js';
import { startWorkerProcess } from '../support/worker-process.js';

describe('RegisterDomain', () => {
  let keeper: TestKeeper;
  let moto: Moto;
  let admin: Route53Client;
  let zone: string;
  let stopWorker: () => Promise<void>;
  let made = 0;

  before(async function () {
    this.timeout(300_000); // The first run fetches packages.
    moto = await startMoto();
    admin = route53Of(moto);
    keeper = await startTestKeeper({ registersDomains: true });
    keeper.cleanUp.push(async () => {
      admin.destroy();
      await moto.close();
    });
    zone = await makeZone('lsst.io');
    stopWorker = await startTestWorker(keeper, { dns: dnsAt(moto.url) });
  });

  after(async () => {
    await keeper.close();
  });

  function dnsAt(endpoint: string): Dns {
    const client = createRoute53Client({ endpoint, ...motoAccess });
    keeper.cleanUp.push(() => {
      client.destroy();
      return Promise.resolve();
    });
    return createRoute53Dns(client);
  }
  async function makeZone(name: string): Promise<string> {
    const made = await admin.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
    return made.HostedZone?.Id ?? assert.fail('no zone was made');
  }
  async function targetOf(zone: string, name: string): Promise<string | undefined> {
    const { ResourceRecordSets: sets = [] } = await admin.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone }),
    );
    return sets.find((set) => set.Name === `${name}.`)?.ResourceRecords?.[0]?.Value;
  }
  /** Returns the id of the new product. */
  async function makeProduct(changes: Readonly<Record<string, unknown>>): Promise<number> {
    const { status } = await keeper.request('POST', '/products/', productBody(changes));
    assert.equal(status, 201);
    made += 1;
    return made;
  }
  const row = async (id: number): Promise<Product> => Product.query(keeper.knex).findById(id).throwIfNotFound();
  const pauseUntil = async (id: number, time: Date): Promise<void> => {
    await keeper.knex('products').where({ id }).update({ domain_record_after: time });
  };
  const registered = (id: number) =>
    eventually('the domain to be registered', async () => (await row(id)).domain_record === 'registered');
  const statusOf = async (id: number): Promise<string> =>
    (await keeper.client.workflow.getHandle(domainWorkflowId(id)).describe()).status.name;
  const pass = (): Promise<unknown> =>
    keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });

  it('points the domain of a new product to the CDN', async () => {
    const id = await makeProduct({ slug: 'pipelines', root_domain: 'lsst.io', root_fastly_domain: 'a.net' });
    await registered(id);
    assert.equal(await targetOf(zone, 'pipelines.lsst.io'), 'a.net');
  });

  it('stores the reason of a failure, fails visibly, and is retried by Reconcile', async () => {
    const id = await makeProduct({ slug: 'later', root_domain: 'later.test', root_fastly_domain: 'b.net' });
    await eventually('the run to fail', async () => (await statusOf(id)) === 'FAILED');
    const failed = await row(id);
    assert.equal(failed.domain_record, 'wanted');
    assert.match(failed.domain_record_error ?? '', /no public hosted zone for later\.later\.test\./);
    const handle = keeper.client.workflow.getHandle(domainWorkflowId(id));
    const { runId } = await handle.describe();
    const later = await makeZone('later.test');
    await pauseUntil(id, new Date(Date.now() + 3_600_000));
    await pass();
    assert.equal((await handle.describe()).runId, runId, 'the pause is not over');
    await pauseUntil(id, new Date(0));
    await pass();
    await registered(id);
    assert.equal(await targetOf(later, 'later.later.test'), 'b.net');
    assert.equal((await row(id)).domain_record_error, null);
  });

  it('lets the doctor report that no domain can be registered', async () => {
    await makeProduct({ slug: 'nowhere', root_domain: 'nowhere.test' });
    const { stdout } = await cli(['doctor', '--sample', '0'], {
      env: { ...keeperEnvironment(keeper), LTD_ROUTE53: 'true', AWS_ENDPOINT_URL_ROUTE_53: moto.url },
    });
    assert.match(stdout, /^ok {8}domains of lsst\.io: Route 53 has the zone, and lets us change/m);
    assert.match(stdout, /^failure {3}domains of nowhere\.test: .*no public hosted zone.*\n.*'Domains'/m);
    assert.equal(await targetOf(zone, '_keeper-doctor.pipelines.lsst.io'), undefined);
  });

  it('starts once through Reconcile when the API died before it could start it', async () => {
    const id = await makeProduct({ slug: 'lost', root_domain: 'lsst.io' });
    await registered(id);
    await keeper.knex('products').where({ id }).update({ domain_record: 'wanted' });
    await pass();
    await registered(id);
    await eventually('the run to end', async () => (await statusOf(id)) === 'COMPLETED');
    const { runId } = await keeper.client.workflow.getHandle(domainWorkflowId(id)).describe();
    await pass();
    assert.equal((await keeper.client.workflow.getHandle(domainWorkflowId(id)).describe()).runId, runId);
  });

  it('waits while Route 53 is down, although the product exists', async () => {
    await stopWorker();
    const stopWithout = await startTestWorker(keeper, { dns: dnsAt('http://127.0.0.1:1') });
    const id = await makeProduct({ slug: 'patient', root_domain: 'lsst.io' });
    const run = keeper.client.workflow.getHandle(domainWorkflowId(id));
    await eventually('the first attempt to fail', async () => {
      const [pending] = (await run.describe()).raw.pendingActivities ?? [];
      return (pending?.attempt ?? 0) > 1 && pending?.lastFailure?.message?.includes('tried again');
    });
    assert.equal((await keeper.request('GET', '/products/patient')).status, 200);
    await stopWithout();
    // The program itself, with its configuration.
    await startWorkerProcess(keeper, { LTD_ROUTE53: 'true', AWS_ENDPOINT_URL_ROUTE_53: moto.url });
    await registered(id);
  });

  it('does nothing for a product without a registration', async () => {
    const id = await makeProduct({ slug: 'older', root_domain: 'lsst.io' });
    await registered(id);
    await keeper.knex('products').where({ id }).update({ domain_record: null });
    await pass();
    assert.equal((await row(id)).domain_record, null);
  });
});
