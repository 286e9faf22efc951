import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import { editionsStoring, reviveEdition } from '../db/queries/editions.js';
import { isSlugHeld } from '../db/queries/held-slugs.js';
import { insertEdition } from '../db/queries/insert-edition.js';
import { type AutoEdition, autoEdition, type AutoEditionFacts } from '../domain/auto-edition.js';
import { grants } from '../domain/permissions.js';
import { autoEditionSlug } from '../domain/slugs.js';
import type { Requester } from './write-request.js';

/**
 * Makes or revives the edition of a build that was just registered, where there is to be one, and answers what it did.
 * The caller holds the lock of the product, so that nothing it looked at changes before it is done: two builds of one
 * new branch make one edition, and a slug that is taken never fails the request.
 */
export async function makeAutoEdition(
  trx: Knex.Transaction,
  build: Pick<Build, 'product_id' | 'git_refs'>,
  requester: Requester,
): Promise<AutoEdition> {
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
  return decision;
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
