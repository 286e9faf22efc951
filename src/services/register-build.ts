import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { lockProduct } from '../db/protocol/lock.js';
import { openTask } from '../db/protocol/open-task.js';
import { type BuildOfProduct, insertBuild } from '../db/queries/builds.js';
import { summariseEditions } from '../db/queries/editions.js';
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

/** The collaborators of {@link registerBuild}. */
export interface RegisterBuildDeps extends WriteDeps {
  readonly uploads: UploadSigner;
  readonly folders: BuildFolders;
  /** The configured git ref of default editions. */
  readonly defaultGitRef: string;
}

/** The requested build. */
export interface RegisterBuildInput extends Requester {
  readonly product: NumberedProduct;
  readonly git_refs: readonly string[];
  readonly github_requester?: string | null | undefined;
  /** @default the smallest of 1, 2, ... that no build of the product has and whose prefix holds no objects */
  readonly slug?: string | undefined;
  /** The directories to sign uploads for; absent if the client has its own credentials. */
  readonly directories?: readonly string[] | undefined;
}

/** A registered build. */
export interface RegisteredBuild extends BuildOfProduct {
  readonly taskId: string;
  /** Null if the request named no directories. */
  readonly uploads: PresignedUploads | null;
  /** Notices for the client: why no edition will publish the build. */
  readonly notices: readonly string[];
}

/** The result of the transaction. */
interface Registration extends Omit<RegisteredBuild, 'uploads'> {
  readonly dashboardGeneration: number;
  /** Why no edition was created, for the log. */
  readonly reason: string | undefined;
  readonly revived: readonly EditionSignal[];
}

/**
 * Registers a build. It also creates the edition of the build's git refs if none tracks them and the caller may create
 * one. The product's lock serialises registrations, so two never choose the same slug.
 *
 * Uploads are signed after the commit, without a lock or connection. All steps of signing that can fail run before the
 * transaction.
 *
 * @throws {LtdError} `not_found` for the product; `invalid` for an invalid or taken slug and for an invalid directory;
 *   `store_*` if the service cannot sign uploads or ask the store for a free number; `unavailable` if the product's
 *   bucket changes during the request. An error changes nothing.
 */
export async function registerBuild(deps: RegisterBuildDeps, input: RegisterBuildInput): Promise<RegisteredBuild> {
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
  const manifest = { buildId: build.id, productSlug: product.slug, buildSlug: build.slug };
  const signals = { editions: revived, dashboard, manifest };
  await (revived.length > 0 ? signalAfterSettling : signalWorkflows)(deps, signals);
  return { ...registered, uploads: await sign(registered) };
}

/** Checks the directories and returns a function that signs the build's uploads; it returns null for no directories. */
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

/** A placeholder for the build's number: no number is longer. */
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
  // The free number and the signer belong to the previous bucket.
  if (product.bucket_name !== input.product.bucket_name)
    throw new LtdError('unavailable', `The bucket of product "${product.slug}" has just been changed. Retry.`);
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
    // The deletion may have removed some of its objects: rebuild it at once.
    revived: decision.kind === 'revive' ? await summariseEditions(trx, [decision.editionId]) : [],
    reason: decision.kind === 'none' ? decision.reason : undefined,
  };
}
