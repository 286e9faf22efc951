/** An edition that the load works on. */
export interface KnownEdition {
  readonly id: number;
  readonly product: string;
  readonly ref: string;
  /** Every slug that it was ever asked to have: readers try them all. */
  readonly slugs: string[];
}

/** Whether an edition is left to faults that make a publication of their own, so that nobody else comes between. */
export function isStaged({ ref }: KnownEdition): boolean {
  return ref.startsWith('staged');
}

/** What the load knows of what it has made. */
export interface World {
  readonly products: readonly string[];
  readonly editions: KnownEdition[];
  /** Builds that were announced and acknowledged, by product: what can be gone back to. */
  readonly uploaded: Map<string, number[]>;
}

/** Chooses by chance; undefined from nothing. */
export function anyOf<T>(random: () => number, values: readonly T[]): T | undefined {
  return values[Math.floor(random() * values.length)];
}
