import { readFile } from 'node:fs/promises';

/**
 * The sub-command that the container was started with, from the command line of its first process; undefined where that
 * cannot be read, as outside of Linux.
 *
 * @param file As `/proc` tells it (proc(5)): each word ends with a NUL.
 */
export async function containerProgram(file = '/proc/1/cmdline'): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\0')
    .filter((word) => word !== '')
    .at(-1);
}
