import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guard.js';

/** A new empty folder that is deleted when this process ends, however it ends. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${prefix}-`)));
  // Others may pass through, not look: as root, PostgreSQL runs as somebody else and its data lies inside.
  await chmod(folder, 0o711);
  guardFolder(folder);
  return folder;
}
