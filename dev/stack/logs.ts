import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes. */
const largest = 20 * 1024 ** 2;

/** Puts logs aside that have grown large, each in the place of the one put aside before. */
export async function rotateLogs(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.log'))) {
    const file = join(folder, name);
    if ((await stat(file)).size > largest) await rename(file, `${file}.old`);
  }
}
