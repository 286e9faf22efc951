import type {
  HeadObject,
  ObjectRequest,
  ObjectStore,
} from '../../src/integrations/object-store/object-store.js';

/** What is known of the objects of builds, and a store that answers from it. */
export interface HeaderMemory {
  /** The store, but that what was learnt is not asked for. */
  readonly store: ObjectStore;
  /** Asks the store for an object and remembers the answer. */
  learn(request: ObjectRequest): Promise<void>;
}

/** An empty memory over a store. */
export function createHeaderMemory(store: ObjectStore): HeaderMemory {
  const known = new Map<string, HeadObject>();
  return {
    store: {
      ...store,
      head: (request) => {
        const found = known.get(request.key);
        return found === undefined ? store.head(request) : Promise.resolve(found);
      },
    },
    learn: async (request) => {
      if (known.has(request.key)) return;
      const found = await store.head(request);
      if (found !== null) known.set(request.key, found);
    },
  };
}
