/** A consistent snapshot of the facts that a product's pages show. */
export interface DashboardFacts {
  readonly product: DashboardProduct;
  /** Active editions that are published or in their first publication, in any order. */
  readonly editions: readonly EditionFacts[];
  /** Uploaded builds that are not deprecated, in any order. */
  readonly builds: readonly BuildFacts[];
}

/** A product and the destination of its pages. */
export interface DashboardProduct {
  readonly slug: string;
  readonly title: string;
  /** The registered `doc_repo`: any text. */
  readonly docRepo: string;
  readonly domain: string;
  readonly bucket: string;
  readonly surrogateKey: string;
  /** The digest, first, and facts of the last dashboard that was written completely; null if there is none. */
  readonly digest: string | null;
}

/** An edition. */
export interface EditionFacts {
  /** The slug that readers use: the old one during a rename. */
  readonly slug: string;
  readonly title: string;
  /** The id of the published build; null before the first publication. */
  readonly publishedBuildId: number | null;
  readonly isRebuilding: boolean;
  readonly trackedRefs: readonly string[];
  readonly dateRebuilt: Date;
}

/** A build. */
export interface BuildFacts {
  readonly id: number;
  readonly slug: string;
  readonly gitRefs: readonly string[];
  readonly dateCreated: Date;
  /** Whether the last recording that began after the upload found no objects. */
  readonly isEmpty: boolean;
}
