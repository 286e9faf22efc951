import { join } from 'node:path';
import { pythonPackages } from './python-packages.js';

/** The clients of LTD Keeper that are written in Python, as their authors published them. */
export interface PythonClients {
  /** To be given to `python3` as `PYTHONPATH`. */
  readonly folder: string;
  /** The `ltd` command of ltd-conveyor, a Python script. */
  readonly ltd: string;
}

/** The clients, installed; as {@link pythonPackages}. */
export async function pythonClients(env: NodeJS.ProcessEnv = process.env): Promise<PythonClients> {
  const folder = await pythonPackages('python-clients', env);
  return { folder, ltd: join(folder, 'bin', 'ltd') };
}
