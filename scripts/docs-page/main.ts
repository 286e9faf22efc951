import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeApi } from '../../src/api/openapi/describe-api.js';
import { routeGroups } from '../../src/api/routes/all-routes.js';
import { packageVersion } from '../../src/process/package-version.js';
import { buildRoot } from '../paths.js';
import { renderDocs } from './render-docs.js';
import type { Specification } from './specification.js';

// Writes the page that the API serves at /docs.
const description = describeApi(routeGroups, packageVersion);
const page = renderDocs(description as unknown as Specification); // its types say which parts the page reads
await writeFile(join(buildRoot, 'docs-page.json'), JSON.stringify(page));
