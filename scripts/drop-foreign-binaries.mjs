// Deletes from node_modules the native parts of Temporal's SDK for other platforms. Plain JavaScript: the image's build
// runs it in the folder above node_modules.
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** The file that the SDK loads here: `.../releases/<platform>/index.node`. Throws if there is none. */
const { getPrebuiltPath } = createRequire(resolve('package.json'))('@temporalio/core-bridge/common');

const own = dirname(getPrebuiltPath());
const releases = dirname(own);
for (const name of readdirSync(releases))
  if (join(releases, name) !== own) rmSync(join(releases, name), { recursive: true });
