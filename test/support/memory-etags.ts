import type { CopiedEtags } from '../../src/copy-engine/copied-etags.js';
import type { CopiedEtag } from '../../src/domain/copy-decision.js';
import { compareKeys } from '../../src/domain/object-keys.js';

/** A fake {@link CopiedEtags} in memory, for tests of the copy engine alone. */
export function memoryEtags(): CopiedEtags & { readonly all: ReadonlyMap<string, CopiedEtag> } {
  const all = new Map<string, CopiedEtag>();
  return {
    all,
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, memory is not
    read: async function* (after) {
      const sorted = [...all.values()].sort((a, b) => compareKeys(a.key, b.key));
      yield sorted.filter(({ key }) => after === null || compareKeys(key, after) > 0);
    },
    remember: (copied) => {
      for (const one of copied) all.set(one.key, one);
      return Promise.resolve();
    },
    forget: (keys) => {
      for (const key of keys) all.delete(key);
      return Promise.resolve();
    },
  };
}
