import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot } from '../paths.js';
import { packageBom } from './package-bom.js';

const file = join(buildRoot, 'sbom.cdx.json');
await writeFile(file, await packageBom());
process.stdout.write(`${file}\n`);
