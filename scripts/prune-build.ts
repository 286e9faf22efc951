import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot, checkout } from './paths.js';

/* The compiler keeps the output of deleted and renamed files, and mocha would run deleted tests. */
for (const folder of ['src', 'scripts', 'dev', 'test', 'bench']) {
  const made = await readdir(join(buildRoot, folder), { recursive: true }).catch(() => []);
  for (const name of made) {
    const stem = /^(.*)\.js(\.map)?$/.exec(name)?.[1];
    if (stem !== undefined && !existsSync(join(checkout, folder, `${stem}.ts`)))
      await rm(join(buildRoot, folder, name));
  }
}
