import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPackages } from '../../dev/python-packages.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { allRoutes } from '../../src/api/routes/all-routes.js';
import { basic, type TestKeeper, startTestKeeper } from '../support/keeper.js';

const run = promisify(execFile);

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
];

/** Schemathesis's report of a run, in its format `json`. */
interface Report {
  readonly schemathesis_version: string;
  readonly complete: boolean;
  readonly operations: { readonly tested: number; readonly skipped: number };
  readonly phases: Readonly<Record<string, { readonly status: string }>>;
  readonly test_cases: { readonly generated: number; readonly errored: number };
  readonly failures: readonly unknown[];
  readonly errors: readonly unknown[];
}

describe('schemathesis', () => {
  let keeper: TestKeeper;
  let report: Report;
  let said: string;

  before(async function () {
    this.timeout(600_000); // The first run fetches its packages; a run takes a minute of a free processor.
    const packages = await pythonPackages('schemathesis');
    keeper = await startTestKeeper();
    const folder = await temporaryFolder('schemathesis');
    const reportFile = join(folder, 'report.json');
    const configuration = join(folder, 'schemathesis.toml');
    await writeFile(configuration, settings(keeper.token, reportFile));
    const command = [join(packages, 'bin', 'schemathesis'), '--config-file', configuration, 'run'];
    const what = [`${keeper.baseUrl}/openapi.json`, '--generation-database', 'none', '--no-color'];
    const options = {
      cwd: folder,
      env: { PATH: process.env['PATH'], PYTHONPATH: packages, LANG: 'C.UTF-8' },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 540_000,
    };
    // -s excludes the user's own packages. It exits with 1 for failures, which are in the report.
    said = await run('python3', ['-s', ...command, ...what, '--checks', checks.join(',')], options).then(
      ({ stdout }) => stdout,
      (error: unknown) => String(Reflect.get(Object(error), 'stdout')),
    );
    report = JSON.parse(await readFile(reportFile, 'utf8').catch(() => assert.fail(said))) as Report;
  });

  after(() => keeper.close());

  it('runs the pinned release of Schemathesis to its end', () => {
    assert.equal(report.schemathesis_version, '4.32.5');
    assert.equal(report.complete, true, said);
    for (const [name, { status }] of Object.entries(report.phases)) assert.equal(status, 'success', name + said);
  });

  it('tests every route of the specification but the one that serves it', () => {
    assert.equal(report.operations.tested, allRoutes.length - 1);
    assert.equal(report.operations.skipped, 0);
  });

  it('sends at least two thousand requests', () => {
    assert.ok(report.test_cases.generated >= 2_000, `it sent ${report.test_cases.generated}`);
  });

  it('creates products, builds and editions as an authenticated user', async () => {
    for (const table of ['products', 'builds', 'editions']) {
      const rows = await keeper.knex(table).select<{ id: number }[]>('id');
      assert.ok(rows.length >= 10, `${rows.length} ${table}`);
    }
  });

  it('finds no answer that differs from the specification', () => {
    assert.deepEqual(report.failures, [], said);
    assert.deepEqual(report.errors, [], said);
    assert.equal(report.test_cases.errored, 0, said);
  });
});

/** Requests have the token of an administrator; `/token` itself gets the password, and no request waits at `/queue`. */
function settings(token: string, report: string): string {
  return `
seed = 20261124
headers = { Authorization = "${basic(token, '')}" }

[generation]
max-examples = 110

[reports.json]
path = ${JSON.stringify(report)}

[[operations]]
include-path = "/token"
headers = { Authorization = "${basic('admin', 'pug')}" }

[[operations]]
include-path = "/queue/{id}"
parameters = { wait = 0 }

# Each of these signals a workflow for every product there is.
[[operations]]
include-path = "/dashboards"
generation.max-examples = 5
`;
}
