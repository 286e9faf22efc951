import type { Operation } from '../../dev/object-store/operation.js';
import type { MomentWorld } from './moment-world.js';

/** Completes the product's build; resolves once its publication is held at a certain moment. */
export type Hold = (world: MomentWorld, product: string) => Promise<void>;

/**
 * All moments of a publication, in the order of holding; the last one stops Temporal. Each name is also that of the
 * product and the bucket that are held there.
 */
export const moments: Readonly<Record<string, Hold>> = {
  listing: (world, product) => holdAt(world, product, 'ListObjectsV2'),
  copying: (world, product) => holdAt(world, product, 'CopyObject'),
  deleting: async (world, product) => {
    await world.holdPurges(product);
    await world.announce(product);
    await world.untilPurgeIsHeld(product);
  },
  removing: (world, product) => holdAt(world, product, 'DeleteObjects'),
  verifying: async (world, product) => {
    await holdAt(world, product, 'DeleteObjects');
    await world.holdRequests(product, 'ListObjectsV2');
    await world.letRequestsGo(product, 'DeleteObjects');
    await world.untilHeld(product, 'ListObjectsV2');
  },
  finishing: async (world, product) => {
    await holdAt(world, product, 'DeleteObjects');
    await world.lockProduct(product);
    await world.letRequestsGo(product, 'DeleteObjects');
    await world.untilLockIsWaitedFor(product);
  },
  dashboard: (world, product) => holdAt(world, product, 'PutObject'),
  transaction: async (world, product) => {
    await world.lockProduct(product);
    world.beginToAnnounce(product);
    await world.untilLockIsWaitedFor(product);
  },
  'wake-up': async (world, product) => {
    world.stopTemporal();
    world.beginToAnnounce(product);
    await world.untilDeclared(product);
  },
};

async function holdAt(world: MomentWorld, product: string, operation: Operation): Promise<void> {
  await world.holdRequests(product, operation);
  await world.announce(product);
  await world.untilHeld(product, operation);
}
