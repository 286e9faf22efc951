import assert from 'node:assert/strict';
import {
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { domainRecord } from '../../../src/domain/domain-record.js';
import { type ErrorCode, hasCode } from '../../../src/domain/errors.js';
import { createRoute53Client, createRoute53Dns } from '../../../src/integrations/dns/route53-dns.js';
import { type Moto, motoAccess, route53Of, startMoto } from '../../support/moto.js';
import { type RecordingServer, type Reply, startRecordingServer } from '../../support/recording-server.js';

const recordOf = (root: string, target = 'n.global-ssl.fastly.net') =>
  domainRecord({ slug: 'pipelines', root_domain: root, root_fastly_domain: target });

describe('createRoute53Dns with a Route 53 that accepts changes', () => {
  let moto: Moto;
  let admin: Route53Client;
  let client: Route53Client;
  const zones = new Map<string, string>();

  before(async function () {
    this.timeout(300_000); // The first run fetches packages.
    moto = await startMoto();
    admin = route53Of(moto);
    client = createRoute53Client({ endpoint: moto.url, ...motoAccess });
    // The listing has the private zone first.
    await makeZone('private', 'lsst.io', { HostedZoneConfig: { PrivateZone: true }, VPC: vpc });
    await makeZone('lsst.io', 'lsst.io');
    await makeZone('docs.lsst.io', 'docs.lsst.io');
    await makeZone('only private', 'inside.test', { HostedZoneConfig: { PrivateZone: true }, VPC: vpc });
  });

  after(async () => {
    client.destroy();
    admin.destroy();
    await moto.close();
  });

  const vpc = { VPCId: 'vpc-1', VPCRegion: 'us-east-1' } as const;
  async function makeZone(
    key: string,
    name: string,
    more: Partial<CreateHostedZoneCommand['input']> = {},
  ): Promise<void> {
    const made = await admin.send(new CreateHostedZoneCommand({ Name: name, CallerReference: key, ...more }));
    zones.set(key, made.HostedZone?.Id ?? assert.fail('no zone was made'));
  }
  async function aliasesIn(zone: string): Promise<ResourceRecordSet[]> {
    const listing = new ListResourceRecordSetsCommand({ HostedZoneId: zones.get(zone) });
    const { ResourceRecordSets: sets = [] } = await admin.send(listing);
    return sets.filter(({ Type: type }) => type === 'CNAME');
  }
  const register = (root: string, target?: string): Promise<void> =>
    createRoute53Dns(client).register(recordOf(root, target));
  const alias = (name: string, target = 'n.global-ssl.fastly.net'): ResourceRecordSet => ({
    Name: name,
    Type: 'CNAME',
    TTL: 900,
    ResourceRecords: [{ Value: target }],
  });

  it('registers an alias of the CDN in the public zone of the root domain', async () => {
    await register('lsst.io');
    assert.deepEqual(await aliasesIn('lsst.io'), [alias('pipelines.lsst.io.')]);
    assert.deepEqual(await aliasesIn('private'), []);
  });

  it('registers the same record again, and replaces its target', async () => {
    await register('lsst.io');
    await register('lsst.io', 'other.fastly.net');
    assert.deepEqual(await aliasesIn('lsst.io'), [alias('pipelines.lsst.io.', 'other.fastly.net')]);
  });

  it("registers the alias in the root domain's own zone where that is delegated", async () => {
    await register('docs.lsst.io');
    assert.deepEqual(await aliasesIn('docs.lsst.io'), [alias('pipelines.docs.lsst.io.')]);
    assert.equal((await aliasesIn('lsst.io')).length, 1);
  });

  it('registers the alias in a parent zone where the root domain has no zone', async () => {
    await register('sub.lsst.io');
    const names = (await aliasesIn('lsst.io')).map(({ Name: name }) => name);
    assert.ok(names.includes('pipelines.sub.lsst.io.'), String(names));
  });

  it('checks a record without a change', async () => {
    const { length } = await aliasesIn('lsst.io');
    await createRoute53Dns(client).check(recordOf('lsst.io'));
    assert.equal((await aliasesIn('lsst.io')).length, length);
  });

  for (const root of ['nowhere.test', 'inside.test'])
    it(`names the missing zone for ${root}`, async () => {
      await assert.rejects(register(root), (error: Error) => {
        assert.ok(hasCode(error, 'dns_zone_missing'));
        assert.match(error.message, new RegExp(`pipelines\\.${root}.*make one named ${root}`));
        return true;
      });
    });
});

describe('createRoute53Dns with a Route 53 that refuses requests', () => {
  let server: RecordingServer;
  let client: Route53Client;
  before(async () => {
    server = await startRecordingServer();
    client = createRoute53Client({ endpoint: server.url, ...motoAccess });
  });
  after(async () => {
    client.destroy();
    await server.close();
  });

  const failure = (status: number, code: string): Reply => ({
    status,
    body:
      '<?xml version="1.0"?><ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error>' +
      `<Type>Sender</Type><Code>${code}</Code><Message>because</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  });
  const cases: readonly (readonly [what: string, reply: Reply, code: ErrorCode, words: RegExp])[] = [
    ['AccessDenied', failure(403, 'AccessDenied'), 'dns_access_denied', /ChangeResourceRecordSets/],
    ['InvalidClientTokenId', failure(403, 'InvalidClientTokenId'), 'dns_access_denied', /AWS credentials/],
    ['InvalidChangeBatch', failure(400, 'InvalidChangeBatch'), 'dns_rejected', /because.*check root_domain/],
    ['InvalidDomainName', failure(400, 'InvalidDomainName'), 'dns_rejected', /check root_domain/],
    ['Throttling', failure(400, 'Throttling'), 'dns_unavailable', /tried again/],
    ['PriorRequestNotComplete', failure(400, 'PriorRequestNotComplete'), 'dns_unavailable', /tried again/],
    ['NoSuchHostedZone', failure(404, 'NoSuchHostedZone'), 'dns_unavailable', /tried again/],
    ['500', failure(500, 'InternalFailure'), 'dns_unavailable', /tried again/],
    ['503', { status: 503 }, 'dns_unavailable', /tried again/],
    ['a cut connection', 'reset', 'dns_unavailable', /tried again/],
    ['an answer that is not XML', { status: 200, body: 'hello' }, 'dns_unavailable', /tried again/],
  ];
  for (const [what, reply, code, words] of cases)
    it(`fails with ${code} after one request when Route 53 answers with ${what}`, async () => {
      server.replyWith(reply);
      const asked = server.requests.length;
      await assert.rejects(createRoute53Dns(client).register(recordOf('lsst.io')), (error: Error) => {
        assert.ok(hasCode(error, code), String(error));
        assert.match(error.message, words);
        assert.match(error.message, /register pipelines\.lsst\.io\./);
        assert.ok(error.cause instanceof Error);
        return true;
      });
      assert.equal(server.requests.length, asked + 1);
    });

  it('accepts in a check an InvalidChangeBatch, which only concerns the change itself', async () => {
    const zone = '<HostedZone><Id>/hostedzone/Z1</Id><Name>lsst.io.</Name></HostedZone>';
    const zones = `<ListHostedZonesByNameResponse><HostedZones>${zone}</HostedZones></ListHostedZonesByNameResponse>`;
    const says = (answer: Reply): void => {
      server.replyWith(({ method }) => (method === 'GET' ? { status: 200, body: zones } : answer));
    };
    says(failure(400, 'InvalidChangeBatch'));
    await createRoute53Dns(client).check(recordOf('lsst.io'));
    says(failure(403, 'AccessDenied'));
    await assert.rejects(createRoute53Dns(client).check(recordOf('lsst.io')), (error: Error) => {
      assert.ok(hasCode(error, 'dns_access_denied'), String(error));
      return true;
    });
  });

  it('throws the reason of an abort while Route 53 does not answer', async () => {
    server.replyWith('hang');
    const reason = new Error('enough');
    const controller = new AbortController();
    const registered = createRoute53Dns(client).register(recordOf('lsst.io'), { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(registered, reason);
  });
});
