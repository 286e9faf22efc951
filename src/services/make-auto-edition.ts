import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import { editionsStoring, reviveEdition } from '../db/queries/editions.js';
import { insertEdition, isSlugHeld } from '../db/queries/insert-edition.js';
import { type AutoEdition, autoEdition, type AutoEditionFacts, nowhereNotice } from '../domain/auto-edition.js';
import { grants } from '../domain/permissions.js';
import { autoEditionSlug } from '../domain/slugs.js';
import { chooseTrackingEditions, type TrackingEditions } from './choose-tracking-editions.js';
import type { Requester } from './write-request.js';

/** The decision about the edition of a registered build. */
export type MadeEdition = AutoEdition & {
  /** Notices for the client: why no edition will publish the build. */
  readonly notices: readonly string[];
};

/**
 * Creates or revives the edition of a registered build if {@link autoEdition} says so, and returns that decision. The
 * caller holds the product's lock, so two builds of one new branch make one edition.
 *
 * @param requester - `defaultRefs` are the names of the default branch.
 */
export async function makeAutoEdition(
  trx: Knex.Transaction,
  build: Pick<Build, 'id' | 'product_id' | 'git_refs'>,
  requester: Requester & { readonly defaultRefs: readonly string[] },
): Promise<MadeEdition> {
  const decision = autoEdition(await factsOf(trx, build, requester));
  if (decision.kind === 'revive') await reviveEdition(trx, decision.editionId, requester.baseUrl);
  if (decision.kind === 'create')
    await insertEdition(trx, {
      product_id: build.product_id,
      slug: decision.slug,
      title: decision.title,
      mode: 'git_refs',
      tracked_refs: [...decision.trackedRefs],
      base_url: requester.baseUrl,
    });
  if (decision.kind === 'notice') return { ...decision, notices: [decision.text] };
  if (decision.kind !== 'none') return { ...decision, notices: [] };
  const tracking = await chooseTrackingEditions(trx, build, requester.defaultRefs);
  return { ...decision, notices: await nowhereNotices(trx, build, { ...tracking, ...requester }) };
}

/** Returns why no edition publishes a build; empty if one tracks it. The caller holds the product's lock. */
export async function nowhereNotices(
  trx: Knex.Transaction,
  build: Pick<Build, 'product_id' | 'git_refs'>,
  { editions, deprecated, ...requester }: TrackingEditions & Requester,
): Promise<readonly string[]> {
  if (editions.length > 0) return [];
  if (deprecated.length === 0) return [nowhereNotice(await factsOf(trx, build, requester))];
  const names = deprecated.map((slug) => `'${slug}'`).join(', ');
  return [
    `Only deprecated editions (${names}) track this build, so none publishes it. Registering a build as ` +
      'a user who may administer editions revives the edition of its git refs.',
  ];
}

async function factsOf(
  trx: Knex.Transaction,
  { product_id: productId, git_refs: gitRefs }: Pick<Build, 'product_id' | 'git_refs'>,
  { user }: Requester,
): Promise<AutoEditionFacts> {
  const editions = await editionsStoring(trx, productId, gitRefs);
  const slug = autoEditionSlug(gitRefs);
  const taken = slug !== undefined && (await isSlugHeld(trx, productId, slug));
  return {
    gitRefs,
    editions: editions.map((edition) => ({
      id: edition.id,
      slug: edition.slug,
      mode: edition.mode,
      trackedRefs: edition.tracked_refs,
      deprecated: edition.date_ended !== null,
    })),
    isTaken: () => taken,
    mayAdminister: grants(user.permissions, 'edition'),
  };
}
