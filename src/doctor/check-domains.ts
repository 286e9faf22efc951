import type { DnsInspection } from '../integrations/dns/dns.js';
import { rootDomainsInUse } from '../db/queries/domain-records.js';
import { domainRecord } from '../domain/domain-record.js';
import { failureMessage } from '../process/failure-message.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok } from './finding.js';

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
