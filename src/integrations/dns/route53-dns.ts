import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  InvalidChangeBatch,
  InvalidInput,
  ListHostedZonesByNameCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { DomainRecord } from '../../domain/domain-record.js';
import { LtdError } from '../../domain/errors.js';
import type { Dns, DnsInspection } from './dns.js';
import { route53Error } from './route53-errors.js';

/** The most that one listing gives: zones of one name beside the public one are private to some network. */
const maxZones = 100;

/** Registers domains in Amazon's Route 53. */
export function createRoute53Dns(client: Route53Client): Dns & DnsInspection {
  const asked = async <T>(
    what: string,
    signal: AbortSignal | undefined,
    ask: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      signal?.throwIfAborted();
      throw route53Error(error, what);
    }
  };
  return {
    register: (record, { signal } = {}) =>
      asked(`register ${record.name}`, signal, async () => {
        const zone = await firstZone(client, record, signal);
        await client.send(changeIn(zone, 'UPSERT', record), abortable(signal));
      }),
    check: (record, { signal } = {}) =>
      asked(`change the zone of ${record.name}`, signal, async () => {
        const zone = await firstZone(client, record, signal);
        try {
          await client.send(changeIn(zone, 'DELETE', absent(record)), abortable(signal));
        } catch (error) {
          // Who may change the zone is looked at before what is wrong with the change.
          if (!(error instanceof InvalidChangeBatch || error instanceof InvalidInput)) throw error;
        }
      }),
  };
}

async function firstZone(
  client: Route53Client,
  { name, zones }: DomainRecord,
  signal: AbortSignal | undefined,
): Promise<string> {
  for (const zone of zones) {
    const id = await publicZone(client, zone, signal);
    if (id !== undefined) return id;
  }
  throw new LtdError(
    'dns_zone_missing',
    `Route 53 has no public hosted zone for ${name}: make one named ${zones.join(' or ')}, or correct root_domain of the product`,
  );
}

/** The listing begins with the zones of that name, if there are any; names have a dot at their ends. */
async function publicZone(
  client: Route53Client,
  zone: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const listing = new ListHostedZonesByNameCommand({ DNSName: zone, MaxItems: maxZones });
  const { HostedZones: found = [] } = await client.send(listing, abortable(signal));
  return found.find((one) => one.Name === `${zone}.` && one.Config?.PrivateZone !== true)?.Id;
}

function changeIn(
  zone: string,
  action: ChangeAction,
  { name, target, ttl }: DomainRecord,
): ChangeResourceRecordSetsCommand {
  const set: ResourceRecordSet = {
    Name: name,
    Type: 'CNAME',
    TTL: ttl,
    ResourceRecords: [{ Value: target }],
  };
  return new ChangeResourceRecordSetsCommand({
    HostedZoneId: zone,
    ChangeBatch: { Changes: [{ Action: action, ResourceRecordSet: set }] },
  });
}

/** A record beside that of the product, which nobody has: to remove it changes nothing. */
function absent(record: DomainRecord): DomainRecord {
  return { ...record, name: `_keeper-doctor.${record.name}` };
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
