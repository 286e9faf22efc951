import { LtdError } from '../domain/errors.js';
import { failureMessage } from '../process/failure-message.js';
import { withinTime } from '../process/limits.js';
import { checkBacklog, checkDeliveries, checkDomains, checkPurges } from './check-backlog.js';
import { checkBuckets } from './check-buckets.js';
import { checkDatabase, checkSchema } from './check-database.js';
import { checkEditions, type EditionsOptions } from './check-editions.js';
import { checkEndpoints } from './check-endpoints.js';
import { checkPauses, checkSchedule, checkTemporal, checkWorkers } from './check-temporal.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding } from './finding.js';

/** Longer than the connections, which end by themselves and say why. Milliseconds. */
const patience = 20_000;

/** A bucket is asked six things, each twice at most. Milliseconds. */
const bucketPatience = 60_000;

/** All objects of editions are listed, and each request ends by itself. Milliseconds. */
const editionsPatience = 24 * 3_600_000;

const mendDatabase = 'Check DATABASE_URL and that PostgreSQL is up.';
const mendTemporal = 'Check TEMPORAL_ADDRESS and that Temporal is up. Requests are accepted meanwhile.';

/**
 * Looks at everything that the service needs, each thing by itself and all at once, so that what is down hides nothing
 * else; at last at editions, of which a bucket has many.
 */
export async function* examine(deps: DoctorDeps, options: EditionsOptions): AsyncGenerator<Finding, void, undefined> {
  const about = checksOf(deps, options).map((check) => runCheck(check));
  for (const findings of about) yield* await findings;
  yield* await runCheck({
    name: 'editions',
    advice: mendDatabase,
    timeout: editionsPatience,
    look: (signal) => checkEditions(deps, options, signal),
  });
}

function checksOf(deps: DoctorDeps, options: EditionsOptions): readonly Check[] {
  const database = { advice: mendDatabase, timeout: patience };
  const temporal = { advice: mendTemporal, timeout: patience };
  return [
    { ...database, name: 'database', look: () => checkDatabase(deps) },
    { ...database, name: 'schema', look: () => checkSchema(deps) },
    { ...database, name: 'backlog', look: () => checkBacklog(deps) },
    { ...database, name: 'deliveries', look: () => checkDeliveries(deps) },
    { ...database, name: 'purges', look: () => checkPurges(deps, options) },
    { ...temporal, name: 'temporal', look: () => checkTemporal(deps) },
    { ...temporal, name: 'schedule', look: () => checkSchedule(deps, options) },
    { ...temporal, name: 'workers', look: () => checkWorkers(deps) },
    { ...temporal, name: 'pauses', look: () => checkPauses(deps) },
    { ...database, name: 'buckets', timeout: bucketPatience, look: () => checkBuckets(deps) },
    { ...database, name: 'domains', look: (signal) => checkDomains(deps, signal) },
    {
      name: 'endpoints',
      advice: 'See the settings.',
      timeout: patience,
      look: () => checkEndpoints(deps.config),
    },
  ];
}

/** One thing to look at. */
export interface Check {
  /** As {@link Finding.check} of its own findings begins. */
  readonly name: string;
  /** What to do when it cannot even be looked at. */
  readonly advice: string;
  /** Milliseconds after which it counts as not answering. */
  readonly timeout: number;
  /** Looks; stops soon after the signal aborts. */
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** Returns the findings of a check. A failure of the check, or of its time limit, is a finding. */
export async function runCheck({ name, advice, timeout, look }: Check): Promise<readonly Finding[]> {
  const error = new LtdError('unavailable', `There was no answer within ${timeout / 1_000} s.`);
  try {
    return await withinTime(timeout, look, { error });
  } catch (thrown) {
    return [failure(name, failureMessage(thrown), advice)];
  }
}
