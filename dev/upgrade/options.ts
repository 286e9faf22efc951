/** What a run of `make test-upgrade` is told. */
export interface UpgradeOptions {
  /** What git calls the version to upgrade from: a tag, a branch, a commit. */
  readonly from: string;
}

/**
 * The options from `FROM`.
 *
 * @throws {Error} where it is missing.
 */
export function upgradeOptions({ FROM: from = '' }: NodeJS.ProcessEnv): UpgradeOptions {
  if (from !== '') return { from };
  throw new Error('FROM is not set: give the version to upgrade from, for example make test-upgrade FROM=v1.24.0');
}
