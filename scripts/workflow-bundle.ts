import { createHash } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { buildRoot } from './paths.js';

const require = createRequire(import.meta.url);
const workflows = join(buildRoot, 'src', 'workflows');

/** The folders whose code the sandbox may contain. */
const inputs = ['src/workflows', 'src/domain', 'src/payload-codec'];

/** For workers that encrypt payloads, because failures are payloads, too. */
const encryption = { failureConverterPath: join(buildRoot, 'src', 'payload-codec', 'failure-converter.js') };

/** Creates spans, at a cost for each run. */
const tracer = '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js';

/** The bundles of the same workflows for workers that encrypt or trace. */
const bundles = {
  plain: { file: 'workflow-bundle.js', options: {}, tracers: [] },
  encrypted: { file: 'workflow-bundle-encrypted.js', options: encryption, tracers: [] },
  traced: { file: 'workflow-bundle-traced.js', options: {}, tracers: [tracer] },
  encryptedAndTraced: { file: 'workflow-bundle-encrypted-traced.js', options: encryption, tracers: [tracer] },
} satisfies Readonly<Record<string, { file: string; options: object; tracers: string[] }>>;

/**
 * Returns the path of the workflows' bundle, and rebuilds it if its inputs changed. Bundling takes 3 s, so all workers
 * share it.
 */
export async function workflowBundle(kind: keyof typeof bundles = 'plain'): Promise<string> {
  const { file, options, tracers } = bundles[kind];
  const bundle = join(buildRoot, file);
  const stamp = `${bundle}.sha256`;
  const wanted = await digestOfInputs();
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return bundle;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(workflows, 'index.js'),
    workflowInterceptorModules: [join(workflows, 'interceptors.js'), ...tracers.map((name) => require.resolve(name))],
    logger: new DefaultLogger('WARN'),
    ...options,
  });
  await replace(bundle, code);
  await replace(stamp, wanted);
  return bundle;
}

async function digestOfInputs(): Promise<string> {
  const hash = createHash('sha256').update(sdkVersion());
  for (const folder of inputs)
    for (const file of await compiledFiles(join(buildRoot, folder)))
      hash.update(`\0${relative(buildRoot, file)}\0`).update(await readFile(file));
  return hash.digest('hex');
}

/** The bundle contains the SDK's own code. */
function sdkVersion(): string {
  const { version } = require('@temporalio/worker/package.json') as {
    readonly version: string;
  };
  return version;
}

async function compiledFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.js'))
    .sort()
    .map((name) => join(folder, name));
}

/** Atomically: a starting worker reads the old or the new bundle. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
}
