import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../paths.js';
import { renderSettings } from './render-settings.js';

/* Renders the tables of docs/configuration.md from the declared settings. */

const page = join(checkout, 'docs', 'configuration.md');
await writeFile(page, renderSettings(await readFile(page, 'utf8')));
