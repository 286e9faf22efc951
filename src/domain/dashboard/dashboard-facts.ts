/** All that the pages of one product are made of, as it was at one moment. */
export interface DashboardFacts {
  readonly product: DashboardProduct;
  /** Editions that are not deprecated and show something, or are about to. In any order. */
  readonly editions: readonly EditionFacts[];
  /** Builds that are uploaded and not deprecated. In any order. */
  readonly builds: readonly BuildFacts[];
}

/** A product, and where its pages go. */
export interface DashboardProduct {
  readonly slug: string;
  readonly title: string;
  /** As it was registered: any text. */
  readonly docRepo: string;
  readonly domain: string;
  readonly bucket: string;
  readonly surrogateKey: string;
  /** What was noted of the dashboard that was last written whole, its digest first; null while there is none. */
  readonly digest: string | null;
}

/** An edition. */
export interface EditionFacts {
  /** Where readers find it: during a rename that is the old slug still. */
  readonly slug: string;
  readonly title: string;
  /** The build that readers see; null before the first publication. */
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
  /** Whether the last pass over it, begun after its upload, found no objects. */
  readonly isEmpty: boolean;
}
