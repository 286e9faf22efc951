import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  InvalidChangeBatch,
  InvalidInput,
  ListHostedZonesByNameCommand,
  type ResourceRecordSet,
  Route53Client,
  type Route53ClientConfig,
  Route53ServiceException,
} from '@aws-sdk/client-route-53';
import type { DomainRecord } from '../../domain/domain-record.js';
import { type ErrorCode, LtdError } from '../../domain/errors.js';
import { createCredentialsProvider, credentialsAdvice, noCredentials } from '../aws-credentials.js';
import type { S3ClientOptions } from '../object-store/s3-client.js';
import type { Dns, DnsInspection } from './dns.js';

/** The most that one listing gives: zones of one name beside the public one are private to some network. */
const maxZones = 100;

/** Registers domains in Amazon's Route 53. */
export function createRoute53Dns(client: Route53Client): Dns & DnsInspection {
  const asked = async <T>(what: string, signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> => {
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
    `Route 53 has no public hosted zone for ${name}: make one named ${zones.join(' or ')}, or correct ` +
      'root_domain of the product',
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

/** What a failure is to us, and what a person can do about it. */
interface Verdict {
  readonly code: ErrorCode;
  readonly advice: string;
}

const again: Verdict = { code: 'dns_unavailable', advice: 'it is tried again' };
const denied: Verdict = {
  code: 'dns_access_denied',
  advice: 'check the AWS credentials, and that they allow ListHostedZonesByName and ChangeResourceRecordSets',
};
const noProvider: Verdict = { code: 'dns_unavailable', advice: credentialsAdvice };
const noRegion: Verdict = { code: 'dns_rejected', advice: 'set AWS_REGION' };
const hopeless: Verdict = {
  code: 'dns_rejected',
  advice: 'check root_domain and root_fastly_domain of the product, and what the zone has under this name',
};

/**
 * Route 53's error codes (its API reference, "Common Errors" and those of the two calls) that mean more than their
 * status.
 */
const verdictsByCode: ReadonlyMap<string, Verdict> = new Map([
  ['InvalidClientTokenId', denied],
  ['SignatureDoesNotMatch', denied],
  // The provider of credentials has an outage: it gives none, or those that have expired.
  [noCredentials, noProvider],
  ['ExpiredToken', noProvider],
  // 4xx that pass by themselves: another change of the zone is under way, a zone was removed since it was listed.
  ['PriorRequestNotComplete', again],
  ['NoSuchHostedZone', again],
  ['Throttling', again],
  ['ThrottlingException', again],
]);

/** The domain's error for whatever the SDK or its transport threw; a `LtdError` stays as it is. */
function route53Error(error: unknown, action: string): LtdError {
  if (error instanceof LtdError) return error;
  const { code, advice } = verdictOf(error);
  const said = error instanceof Error ? `${error.message} (${error.name})` : String(error);
  return new LtdError(code, `Route 53 could not ${action}: ${said}; ${advice}`, { cause: error });
}

function verdictOf(error: unknown): Verdict {
  const known = error instanceof Error ? verdictsByCode.get(error.name) : undefined;
  if (known !== undefined) return known;
  if (error instanceof Error && error.message === 'Region is missing') return noRegion;
  // Any other error is of the transport: no whole answer came.
  const status = error instanceof Route53ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === undefined || status >= 500 || status === 408 || status === 429) return again;
  return status === 401 || status === 403 ? denied : hopeless;
}

/** Where the service is, if not at AWS, and how to sign in: to the same account as to the buckets. */
type Route53ClientOptions = Pick<S3ClientOptions, 'endpoint' | 'region' | 'credentials'>;

/** How long a connection, and an answer, may take, in milliseconds. */
const limits = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** A client that sends each request once: whoever uses it tries again, in the open. Call `destroy()` to close it. */
export function createRoute53Client({ endpoint, region, credentials }: Route53ClientOptions): Route53Client {
  const config: Route53ClientConfig = {
    maxAttempts: 1,
    requestHandler: limits,
    credentials: credentials ?? createCredentialsProvider(),
  };
  if (endpoint !== null) config.endpoint = endpoint;
  if (region !== null) config.region = region;
  return new Route53Client(config);
}
