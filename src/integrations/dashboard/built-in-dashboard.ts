import { randomUUID } from 'node:crypto';
import { arrangeDashboard } from '../../domain/dashboard/arrange-dashboard.js';
import type { DashboardProduct } from '../../domain/dashboard/dashboard-facts.js';
import { LtdError } from '../../domain/errors.js';
import type { Gate, ObjectStore } from '../object-store/object-store.js';
import type { DashboardBuilder, DashboardSource } from './dashboard-builder.js';
import {
  type DashboardObject,
  dashboardObjects,
  type DashboardPlacement,
  digestOf,
  isRedirect,
  isThere,
} from './dashboard-objects.js';
import type { RenderDashboard } from './dashboard-pages.js';

/** What the built-in dashboard works with. */
export interface BuiltInDashboardDeps {
  readonly source: DashboardSource;
  readonly store: Pick<ObjectStore, 'head' | 'put'>;
  /** Whether a CDN keeps the pages: then whatever is written makes a purge due. */
  readonly isCached: boolean;
  readonly render: RenderDashboard;
  readonly placement: DashboardPlacement;
}

/** Passes of one build, where others write, too. Whatever changes after the last one asks for another build anyway. */
const maxPasses = 3;

/**
 * Renders dashboards itself: the pages at `<product>/v/` and `<product>/builds/`, and `<product>/v/switcher.json`. What
 * is already there is not written again, and makes no purge due. The caller purges. An attempt that was not alone looks
 * once more, so of two that overlap the last one leaves the newest.
 */
export function createBuiltInDashboard(deps: BuiltInDashboardDeps): DashboardBuilder {
  return {
    build: async ({ productId }, signal) => {
      const gate: Gate = () => {
        signal.throwIfAborted();
      };
      for (let pass = 1; pass <= maxPasses; pass += 1) {
        if (await bringUpToDate(deps, productId, gate)) break;
      }
      return 'built';
    },
  };
}

/**
 * One pass; answers false where somebody else has written, too, since it began: what either of them read may be older
 * than what is there now.
 */
async function bringUpToDate(deps: BuiltInDashboardDeps, productId: number, gate: Gate): Promise<boolean> {
  const { source, render, placement, isCached } = deps;
  gate();
  const facts = await source.load(productId);
  const { product } = facts;
  const objects = dashboardObjects({ product, dashboard: arrangeDashboard(facts) }, render, placement);
  const digest = digestOf(objects, { bucket: product.bucket, acl: placement.acl });
  // A name of its own each time, also where all was right: by it one that is late sees that somebody was here.
  const to = `${digest} ${randomUUID()}`;
  try {
    const isWritten = product.digest?.startsWith(digest) === true;
    const missing = isWritten ? await missingOf(deps, { product, objects }, gate) : objects;
    if (missing.length === 0 || !isCached) {
      await write(deps, { product, objects: missing }, gate);
      return await source.recordDigest(productId, { from: product.digest, to });
    }
    // A purge is due before the first write, and once more with the note: a purge in between does not count for both.
    const wasAlone = await source.beginWriting(productId, product.digest);
    await write(deps, { product, objects: missing }, gate);
    const isAlone = await source.recordDigest(productId, { from: null, to, purgeDue: true });
    return wasAlone && isAlone;
  } catch (error) {
    throw explained(error, product);
  }
}

interface Pages {
  readonly product: DashboardProduct;
  readonly objects: readonly DashboardObject[];
}

/** Those of the objects that the store does not hold as they should be. */
async function missingOf(
  { store }: BuiltInDashboardDeps,
  { product: { bucket }, objects }: Pages,
  gate: Gate,
): Promise<readonly DashboardObject[]> {
  const found = await Promise.all(
    objects.map(async (object) => isThere(object, await store.head({ bucket, key: object.key, gate }))),
  );
  return objects.filter((_, index) => found[index] !== true);
}

/** All at once; where there never was a page, what redirects to one comes after the pages. */
async function write(deps: BuiltInDashboardDeps, { product, objects }: Pages, gate: Gate): Promise<void> {
  const { store, placement } = deps;
  const put = async ({ key, body, headers }: DashboardObject): Promise<void> =>
    store.put({ bucket: product.bucket, key, body, headers, acl: placement.acl, gate });
  const isLater = (object: DashboardObject): boolean => product.digest === null && isRedirect(object);
  await settled(objects.filter((object) => !isLater(object)).map(put));
  await settled(objects.filter(isLater).map(put));
}

/** Waits for all, then throws what the first of them threw: no request is left behind. */
async function settled(writes: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(writes)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Whatever the store says may be mended meanwhile (a bucket made, a right given), so a dashboard is always retried. */
function explained(error: unknown, { slug }: DashboardProduct): unknown {
  if (!(error instanceof LtdError)) return error;
  return new LtdError('dashboard_failed', `The dashboard of ${slug} was not built: ${error.message}`, {
    cause: error,
  });
}
