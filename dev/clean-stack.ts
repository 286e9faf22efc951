import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.js';
import { stackOptions } from './stack/options.js';

/* Part of `make clean`: deletes a stack's state, and its data elsewhere if root started it. */

const { folder } = stackOptions(process.env);
const lock = await lockFolder(folder);
if (lock === undefined) {
  process.stderr.write(`A stack runs in ${folder}. Stop it, then run make clean again.\n`);
  process.exitCode = 1;
} else {
  const database = join(folder, 'postgres');
  const target = await realpath(database).catch(() => database);
  await rm(target, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  lock.release();
}
