import { findDrift } from '../copy-engine/find-drift.js';
import { copiedEtags } from '../db/queries/edition-etags.js';
import { type AuditedEdition, markDrifted, restingEditions } from '../db/protocol/audit.js';
import { transaction } from '../db/transaction.js';
import type { Drift } from '../domain/edition-state.js';
import { buildPrefix } from '../domain/object-keys.js';
import { nameBuild } from '../domain/urls.js';
import { failureMessage } from '../process/failure-message.js';
import { mapEach } from '../process/limits.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, repaired } from './finding.js';

type Deps = Pick<DoctorDeps, 'knex' | 'store' | 'manifests' | 'workflows'>;

/** Which editions are compared with their builds, and what is done about those that differ. */
export interface EditionsOptions {
  /** How many, those first whose audit is longest ago; null: all. */
  readonly sample: number | null;
  /** Declares those that differ for a rebuild. */
  readonly repair: boolean;
}

/** Editions that are read at once. */
const pageSize = 200;

/** Editions that are compared at a time. */
const concurrency = 4;

/** Do editions at rest show what was published? */
export async function checkEditions(
  deps: Deps,
  options: EditionsOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let compared = 0;
  for await (const editions of pagesOf(deps, options)) {
    const found = await mapEach(editions, concurrency, async (edition) => {
      signal.throwIfAborted();
      return checkEdition(deps, edition, { ...options, signal });
    });
    findings.push(...found.flatMap((finding) => finding ?? []));
    compared += editions.length;
  }
  const right = compared - findings.length;
  return [ok('editions', `${right} of ${compared} editions that were compared hold their build.`), ...findings];
}

async function* pagesOf(
  { knex }: Deps,
  { sample }: EditionsOptions,
): AsyncGenerator<readonly AuditedEdition[], void, undefined> {
  if (sample !== null) {
    yield await restingEditions(knex, { kind: 'sample', limit: sample });
    return;
  }
  let after = 0;
  for (;;) {
    const page = await restingEditions(knex, { kind: 'page', after, limit: pageSize });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.editionId;
  }
}

interface EditionOptions {
  readonly repair: boolean;
  readonly signal: AbortSignal;
}

/** Null: it is right. */
async function checkEdition(
  deps: Deps,
  edition: AuditedEdition,
  { repair, signal }: EditionOptions,
): Promise<Finding | null> {
  const name = `edition ${edition.editionId} (${edition.productSlug}/${edition.editionSlug})`;
  try {
    const etags = copiedEtags(deps.knex, edition.editionId);
    const drift = await findDrift({ ...deps, etags }, edition, { signal });
    if (drift === null) return null;
    if (await isBuildGone(deps, edition)) return lostBuild(name, edition);
    return repair ? await declare(deps, { name, edition, drift }) : drifted(name, drift);
  } catch (error) {
    return failure(name, failureMessage(error), 'Mend what it says, and look again.');
  }
}

function drifted(name: string, { seen }: Drift): Finding {
  return failure(
    name,
    `It is not what was published: ${seen}.`,
    "Run 'ltd-keeper doctor --repair'; or wait: the audit looks at one edition a minute, and heals it.",
  );
}

function lostBuild(name: string, { buildId, buildSlug }: AuditedEdition): Finding {
  return failure(
    name,
    'It is not what was published, and nothing is left of its ' +
      `${nameBuild({ id: buildId, slug: buildSlug })} in the bucket.`,
    'Upload the documentation as a new build, or let the edition show another one (PATCH build_url).',
  );
}

async function isBuildGone({ store }: Deps, edition: AuditedEdition): Promise<boolean> {
  const { bucket, productSlug, buildSlug } = edition;
  const { objects } = await store.listPage({ bucket, prefix: buildPrefix(productSlug, buildSlug), limit: 1 });
  return objects.length === 0;
}

interface Drifted {
  readonly name: string;
  readonly edition: AuditedEdition;
  readonly drift: Drift;
}

/** Never writes to the bucket itself: the protocol sees to it that nobody else does meanwhile. */
async function declare(deps: Deps, { name, edition, drift }: Drifted): Promise<Finding> {
  const isDeclared = await transaction(deps.knex, (trx) => markDrifted(trx, edition, drift.kind));
  if (!isDeclared) return repaired(name, 'It has moved on meanwhile, and is being worked on.');
  // Where Temporal is away the next pass of Reconcile starts it.
  await deps.workflows.signalEdition(edition).catch(() => undefined);
  return repaired(name, `It was not what was published: ${drift.seen}. It is being made whole.`);
}
