import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guard.js';

/** Creates an empty folder that is deleted when this process ends, in any way. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${prefix}-`)));
  // Other users may enter, not list: under root, PostgreSQL runs as another user with its data inside.
  await chmod(folder, 0o711);
  guardFolder(folder);
  return folder;
}
