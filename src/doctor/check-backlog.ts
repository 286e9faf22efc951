import { inspectBacklog, inspectOwedPurges } from '../db/inspect.js';
import { retryPurgesNow } from '../db/protocol/owed-purges.js';
import { rootDomainsInUse } from '../db/queries/domain-records.js';
import { refusedEvents } from '../db/queries/edition-events.js';
import { domainRecord } from '../domain/domain-record.js';
import type { DnsInspection } from '../integrations/dns/dns.js';
import { failureMessage } from '../process/failure-message.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, repaired, warning } from './finding.js';

/** Something is held up when a rebuild has not ended after this long. Minutes. */
const longWait = 60;

const mendEditions =
  "'temporal workflow describe --workflow-id rebuild-edition-<id>' says why; it is tried again by " +
  'itself, an hour later at most.';

/** Is everything done that was asked for? */
export async function checkBacklog({ knex }: Pick<DoctorDeps, 'knex'>): Promise<readonly Finding[]> {
  const name = 'backlog';
  const { editions, unrestored, unremoved, oldestMinutes, oldestEdition } = await inspectBacklog(knex);
  const minutes = oldestMinutes ?? 0;
  const failures = [
    { of: unrestored, what: 'These editions could not be restored to their published state' },
    { of: unremoved, what: 'The objects of these deleted editions could not be deleted' },
  ].filter(({ of }) => of.length > 0);
  if (failures.length > 0)
    return failures.map(({ of, what }) => failure(name, `${what}: ${of.join(', ')}.`, mendEditions));
  if (minutes >= longWait)
    return [
      warning(
        name,
        `A rebuild of edition ${String(oldestEdition)} was asked for ${minutes} minutes ago and has not ended.`,
        `'temporal workflow describe --workflow-id rebuild-edition-${String(oldestEdition)}' says what it waits for.`,
      ),
    ];
  return [ok(name, editions === 0 ? 'Every edition is at rest.' : `${editions} editions are being worked on.`)];
}

/**
 * Has the CDN confirmed every purge? With `repair`, purges that failed are tried again at once: the pass of Reconcile
 * that sends them is 30 seconds away at most.
 */
export async function checkPurges(
  { knex }: Pick<DoctorDeps, 'knex'>,
  { repair }: { readonly repair: boolean },
): Promise<readonly Finding[]> {
  const name = 'purges';
  const { editions, dashboards, oldestSeconds, error } = await inspectOwedPurges(knex);
  if (editions + dashboards === 0) return [ok(name, 'The CDN has confirmed every purge.')];
  const minutes = Math.floor(oldestSeconds / 60);
  const owed = `${editions} editions and ${dashboards} dashboards wait for a purge, the oldest for ${minutes} minutes`;
  if (error === null) {
    if (minutes < longWait) return [ok(name, `${owed}. No purge has failed.`)];
    return [warning(name, `${owed}.`, 'Check that the workers run and that the schedule of Reconcile is not paused.')];
  }
  if (repair) {
    await retryPurgesNow(knex);
    return [repaired(name, `${owed}. They are tried again within 30 seconds. The last failure was: ${error}`)];
  }
  return [
    failure(
      name,
      `${owed}, so readers may see older pages: ${error}`,
      "Mend what it says. The purges are tried again within an hour; 'ltd-keeper doctor --repair' has " +
        'them tried at once.',
    ),
  ];
}

/** Does the receiver of events take them? */
export async function checkDeliveries({ knex }: Pick<DoctorDeps, 'knex'>): Promise<readonly Finding[]> {
  const name = 'deliveries';
  const { refused, rejected, reason } = await refusedEvents(knex);
  if (refused + rejected === 0) return [ok(name, 'The receiver has refused no event of the last day.')];
  return [
    warning(
      name,
      `The receiver refuses ${refused} events, and ${rejected} were written off within a day: ${String(reason)}`,
      "Mend the receiver or LTD_EVENTS_URL: what waits is delivered then, in order. See 'Events' in " +
        'docs/operations.md.',
    ),
  ];
}

/** Can the domains of products be registered, where they are to be? No record is changed. */
export async function checkDomains(
  { knex, dns }: Pick<DoctorDeps, 'knex' | 'dns'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (dns === null) return [];
  const products = await rootDomainsInUse(knex);
  if (products.length === 0) return [ok('domains', 'No product asks for a domain yet.')];
  return Promise.all(products.map((product) => checkRootDomain(dns, product, signal)));
}

async function checkRootDomain(
  dns: DnsInspection,
  product: Parameters<typeof domainRecord>[0],
  signal: AbortSignal,
): Promise<Finding> {
  const name = `domains of ${product.root_domain}`;
  try {
    await dns.check(domainRecord(product), { signal });
    return ok(name, 'Route 53 has the zone, and lets us change its records.');
  } catch (error) {
    return failure(name, failureMessage(error), mendDomains);
  }
}

const mendDomains = "See 'Domains' and 'Which rights the service needs' in docs/operations.md.";
