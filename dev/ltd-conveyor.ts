import { join } from 'node:path';
import { pythonPackages } from './python-packages.js';

/**
 * The releases of ltd-conveyor, LTD Keeper's client, with different uploads: by boto3, by presigned forms in sequence,
 * and by presigned forms concurrently.
 */
export const conveyorReleases = ['0.4.2', '0.8.4', '0.9.0a3'] as const;

/** One of {@link conveyorReleases}. */
export type ConveyorRelease = (typeof conveyorReleases)[number];

/** An installed release of ltd-conveyor. */
export interface LtdConveyor {
  /** The `PYTHONPATH` for `python3`. */
  readonly packages: string;
  /** The `ltd` command, a Python script. */
  readonly ltd: string;
}

/** Installs a release with its dependencies, as {@link pythonPackages} does. */
export async function ltdConveyor(
  release: ConveyorRelease,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LtdConveyor> {
  const packages = await pythonPackages(`ltd-conveyor-${release}`, env);
  return { packages, ltd: join(packages, 'bin', 'ltd') };
}
