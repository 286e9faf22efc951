import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot, checkout } from './paths.js';

/*
 * The compiler leaves behind what it once made of a file that was since deleted or renamed; mocha would go on running
 * tests that are no more.
 */
for (const folder of ['src', 'scripts', 'dev', 'test', 'bench']) {
  const made = await readdir(join(buildRoot, folder), { recursive: true }).catch(() => []);
  for (const name of made) {
    const stem = /^(.*)\.js(\.map)?$/.exec(name)?.[1];
    if (stem !== undefined && !existsSync(join(checkout, folder, `${stem}.ts`)))
      await rm(join(buildRoot, folder, name));
  }
}
