import type { ActivityDependencies } from './dependencies.js';

/** Purges what the CDN keeps under a surrogate key. Safe to retry: a purge too many costs a cache fill. */
export function createPurgeCdn({ cdn }: Pick<ActivityDependencies, 'cdn'>) {
  return (surrogateKey: string): Promise<void> => cdn.purge(surrogateKey);
}
