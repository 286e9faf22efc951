import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { lockProduct } from '../db/protocol/lock.js';
import { openTask } from '../db/protocol/open-task.js';
import { type BuildOfProduct, insertBuild } from '../db/queries/builds.js';
import { summariseEditions } from '../db/queries/summarise-editions.js';
import { transaction } from '../db/transaction.js';
import { LtdError } from '../domain/errors.js';
import { buildRootDirectory, surrogateKey } from '../domain/object-keys.js';
import { defaultBranches } from '../domain/tracking/tracking.js';
import { uploadDirectories } from '../domain/upload-directories.js';
import { checkPathSlug } from './edition-settings.js';
import { makeAutoEdition } from './make-auto-edition.js';
import { numberBuild, type NumberedProduct } from './number-build.js';
import type { BuildFolders, EditionSignal, PresignedUploads, UploadSigner } from './ports.js';
import { signalAfterSettling, signalWorkflows } from './signal-workflows.js';
import type { Requester, WriteDeps } from './write-request.js';

/** What {@link registerBuild} works with. */
export interface RegisterBuildDeps extends WriteDeps {
  readonly uploads: UploadSigner;
  readonly folders: BuildFolders;
  /** The configured git ref of default editions: one of the names of the default branch. */
  readonly defaultGitRef: string;
}

/** The build that is asked for. */
export interface RegisterBuildInput extends Requester {
  readonly product: NumberedProduct;
  readonly git_refs: readonly string[];
  readonly github_requester?: string | null | undefined;
  /** @default the least of 1, 2, ... that no build of the product has, and no objects in the bucket */
  readonly slug?: string | undefined;
  /** The directories to sign uploads for; absent where the client has its own credentials. */
  readonly directories?: readonly string[] | undefined;
}

/** A build that was accepted. */
export interface RegisteredBuild extends BuildOfProduct {
  readonly taskId: string;
  /** Null where none were asked for. */
  readonly uploads: PresignedUploads | null;
  /** What a client should know beside: why nothing will publish the build. */
  readonly notices: readonly string[];
}

/** What comes of a registration beside its answer. */
interface Registration extends Omit<RegisteredBuild, 'uploads'> {
  readonly dashboardGeneration: number;
  /** Why no edition was made, where that is worth a line in the log. */
  readonly reason: string | undefined;
  readonly revived: readonly EditionSignal[];
}

/**
 * Registers a build, and with it the edition of its git refs where none tracks them and the caller may make one. Builds
 * of a product are registered one after the other, so that two never choose the same slug.
 *
 * Uploads are signed after the commit, when no lock and no connection is held. All that can fail of it is done before the
 * transaction.
 *
 * @throws {LtdError} `not_found` for the product; `invalid` for a slug or a directory that cannot be, and for a slug
 *   that a build of the product has; `store_*` where uploads cannot be signed, and where the store cannot be asked which
 *   number is free; `unavailable` where the product gets another bucket meanwhile. Nothing is changed then.
 */
export async function registerBuild(
  deps: RegisterBuildDeps,
  input: RegisterBuildInput,
): Promise<RegisteredBuild> {
  if (input.slug !== undefined) checkPathSlug(input.slug);
  const sign = await prepareUploads(deps.uploads, input);
  const { dashboardGeneration, reason, revived, ...registered } = await numberedOrNamed(deps, input);
  const { product, build } = registered;
  if (reason !== undefined)
    deps.logger.info(
      { product: product.slug, build: build.slug, build_id: build.id, reason },
      'a build made no edition',
    );
  const dashboard = { productId: product.id, productSlug: product.slug, generation: dashboardGeneration };
  const learning = { buildId: build.id, productSlug: product.slug, buildSlug: build.slug };
  const signals = { editions: revived, dashboard, learning };
  await (revived.length > 0 ? signalAfterSettling : signalWorkflows)(deps, signals);
  return { ...registered, uploads: await sign(registered) };
}

/** Checks the directories and gets ready to sign. Returns what signs the uploads of the build, or answers null for none. */
async function prepareUploads(
  signer: UploadSigner,
  { product, slug = maxNumber, directories }: RegisterBuildInput,
): Promise<(registered: BuildOfProduct) => Promise<PresignedUploads | null>> {
  if (directories === undefined) return () => Promise.resolve(null);
  uploadDirectories(buildRootDirectory(product.slug, slug), directories);
  const sign = await signer.prepare(product.bucket_name);
  return ({ build }) =>
    sign({
      surrogateKey: build.surrogate_key,
      directories: uploadDirectories(buildRootDirectory(product.slug, build.slug), directories),
    });
}

/** Stands for the number that a build is still to get: no number is longer. */
const maxNumber = '0'.repeat(10);

async function numberedOrNamed(deps: RegisterBuildDeps, input: RegisterBuildInput): Promise<Registration> {
  const { slug } = input;
  if (slug === undefined)
    return numberBuild(deps, input.product, (choose) =>
      transaction(deps.knex, async (trx) => {
        await lockProduct(trx, input.product.id);
        const number = await choose(trx);
        return number === undefined ? undefined : register(trx, deps, { ...input, slug: number });
      }),
    );
  return transaction(deps.knex, (trx) => register(trx, deps, { ...input, slug }));
}

async function register(
  trx: Knex.Transaction,
  deps: Pick<RegisterBuildDeps, 'defaultGitRef'>,
  input: RegisterBuildInput & { readonly slug: string },
): Promise<Registration> {
  const { slug, baseUrl } = input;
  const product = await lockProduct(trx, input.product.id);
  // The store was asked about another bucket, and the uploads would go there.
  if (product.bucket_name !== input.product.bucket_name)
    throw new LtdError(
      'unavailable',
      `The bucket of product "${product.slug}" has just been changed. Retry.`,
    );
  const build = await insertBuild(trx, {
    product_id: product.id,
    slug,
    git_refs: [...input.git_refs],
    github_requester: input.github_requester ?? null,
    surrogate_key: surrogateKey(randomUUID()),
  });
  const defaultRefs = defaultBranches(deps.defaultGitRef);
  const { notices, ...decision } = await makeAutoEdition(trx, build, { ...input, defaultRefs });
  const task = await openTask(trx, { productId: product.id, rebuilds: [], baseUrl, notices });
  return {
    product,
    build,
    ...task,
    notices,
    // Its objects may be half removed: what is left of them is made whole at once.
    revived: decision.kind === 'revive' ? await summariseEditions(trx, [decision.editionId]) : [],
    reason: decision.kind === 'none' ? decision.reason : undefined,
  };
}
