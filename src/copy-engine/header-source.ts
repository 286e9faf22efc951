import type { KnownObject } from '../domain/copy-decision.js';
import type { Gate, ObjectStore } from '../integrations/object-store/object-store.js';

/** Tells what the objects of one prefix are served with, which no listing says. */
export interface HeaderSource {
  /**
   * An object by its key without the prefix; undefined where there is none, or nothing is known of it. Its ETag and
   * size are those that the headers belong to: they can differ from what a listing said a moment ago.
   */
  know(key: string): Promise<KnownObject | undefined>;
}

/** Learns headers from the store itself, by a HEAD an object. */
export function headHeaderSource(
  store: ObjectStore,
  prefix: { readonly bucket: string; readonly prefix: string; readonly gate: Gate },
): HeaderSource {
  return {
    know: async (key) => {
      const found = await store.head({ bucket: prefix.bucket, key: prefix.prefix + key, gate: prefix.gate });
      return found ?? undefined;
    },
  };
}
