import { inspectNamespace } from '../integrations/temporal/inspect-namespace.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, warning } from './finding.js';

type Deps = Pick<DoctorDeps, 'client' | 'namespace'>;

/** With less, nobody can look up in the morning what went wrong at night. Hours. */
const leastRetention = 24;

/** Does Temporal answer, and has it the namespace? */
export async function checkTemporal({ client, namespace }: Deps): Promise<readonly Finding[]> {
  const name = 'temporal';
  const facts = await inspectNamespace(client, namespace);
  if (facts === null)
    return [
      failure(
        name,
        `Temporal answers, but has no namespace "${namespace}".`,
        `'temporal operator namespace create --namespace ${namespace} --retention 72h', or correct TEMPORAL_NAMESPACE.`,
      ),
    ];
  const { serverVersion, retentionHours } = facts;
  const says = `Temporal ${serverVersion} answers; namespace "${namespace}" keeps what has ended for ${retentionHours} h`;
  if (retentionHours >= leastRetention) return [ok(name, `${says}.`)];
  return [
    warning(
      name,
      `${says}, less than a day: what a run was about cannot be looked up after that.`,
      `'temporal operator namespace update --namespace ${namespace} --retention 72h'.`,
    ),
  ];
}
