import { join } from 'node:path';
import { pythonPackages } from './python-packages.js';

/**
 * The releases of ltd-conveyor, LTD Keeper's own client, whose ways to upload differ: by boto3, by presigned forms one
 * after the other, and by presigned forms all at once.
 */
export const conveyorReleases = ['0.4.2', '0.8.4', '0.9.0a3'] as const;

/** One of {@link conveyorReleases}. */
export type ConveyorRelease = (typeof conveyorReleases)[number];

/** ltd-conveyor as its authors published it. */
export interface LtdConveyor {
  /** To be given to `python3` as `PYTHONPATH`. */
  readonly packages: string;
  /** The `ltd` command, a Python script. */
  readonly ltd: string;
}

/** A release with what it needs, installed; as {@link pythonPackages}. */
export async function ltdConveyor(
  release: ConveyorRelease,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LtdConveyor> {
  const packages = await pythonPackages(`ltd-conveyor-${release}`, env);
  return { packages, ltd: join(packages, 'bin', 'ltd') };
}
