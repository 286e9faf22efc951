import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeApi } from '../../src/api/openapi/describe-api.js';
import { routeGroups } from '../../src/api/routes/all-routes.js';
import { packageVersion } from '../../src/process/package-version.js';
import { checkout } from '../paths.js';

// Writes openapi.json from the routes.
const document = describeApi(routeGroups, packageVersion);
await writeFile(join(checkout, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
