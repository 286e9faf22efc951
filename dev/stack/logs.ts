import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The size at which a log is rotated. Bytes. */
const largest = 20 * 1024 ** 2;

/** Rotates large logs; keeps one old file of each. */
export async function rotateLogs(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.log'))) {
    const file = join(folder, name);
    if ((await stat(file)).size > largest) await rename(file, `${file}.old`);
  }
}
