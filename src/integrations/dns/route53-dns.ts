import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesByNameCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { DomainRecord } from '../../domain/domain-record.js';
import { KeeperError } from '../../domain/errors.js';
import type { Dns } from './dns.js';
import { route53Error } from './route53-errors.js';

/** The most that one listing gives: zones of one name beside the public one are private to some network. */
const mostZones = 100;

/** Registers domains in Amazon's Route 53. */
export function createRoute53Dns(client: Route53Client): Dns {
  return {
    register: async (record, { signal } = {}) => {
      try {
        const zoneId = await firstZone(client, record, signal);
        await client.send(upsert(zoneId, record), abortable(signal));
      } catch (error) {
        signal?.throwIfAborted();
        throw route53Error(error, `register ${record.name}`);
      }
    },
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
  throw new KeeperError(
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
  const listing = new ListHostedZonesByNameCommand({ DNSName: zone, MaxItems: mostZones });
  const { HostedZones: found = [] } = await client.send(listing, abortable(signal));
  return found.find((one) => one.Name === `${zone}.` && one.Config?.PrivateZone !== true)?.Id;
}

function upsert(zoneId: string, { name, target, ttl }: DomainRecord): ChangeResourceRecordSetsCommand {
  const set: ResourceRecordSet = {
    Name: name,
    Type: 'CNAME',
    TTL: ttl,
    ResourceRecords: [{ Value: target }],
  };
  return new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: set }] },
  });
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
