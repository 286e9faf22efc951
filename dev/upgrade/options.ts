/** Options of `make test-upgrade`. */
export interface UpgradeOptions {
  /** The git tag, branch or commit to upgrade from. */
  readonly from: string;
}

/** Reads the options from `FROM`. @throws {Error} when it is missing. */
export function upgradeOptions({ FROM: from = '' }: NodeJS.ProcessEnv): UpgradeOptions {
  if (from !== '') return { from };
  throw new Error('FROM is not set: give the version to upgrade from, for example make test-upgrade FROM=v1.24.0');
}
