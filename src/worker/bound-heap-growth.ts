import { setFlagsFromString } from 'node:v8';

/**
 * Heap growth between full collections, in percent. V8's default is up to 300: requests to a store outlive the young
 * generation, and a copy of a large site kept 180 MB of garbage beside 60 MB of live objects.
 */
const growthPercent = 40;

/** Makes V8 collect garbage early: less memory for some CPU time. */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
