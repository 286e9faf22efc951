// Removes from node_modules what other platforms would load: Temporal's SDK brings its native part for five of them.
// Plain JavaScript, for the image's build runs it, in the folder above node_modules.
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** What the SDK itself loads here: `.../releases/<platform>/index.node`. It throws where there is none. */
const { getPrebuiltPath } = createRequire(resolve('package.json'))('@temporalio/core-bridge/common');

const own = dirname(getPrebuiltPath());
const releases = dirname(own);
for (const name of readdirSync(releases))
  if (join(releases, name) !== own) rmSync(join(releases, name), { recursive: true });
