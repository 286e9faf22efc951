import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { StackAccess } from '../../dev/client/stack-access.js';
import { checkout } from '../../scripts/paths.js';
import { pythonPackages } from '../../dev/python-packages.js';
import { programEnvironment } from '../../dev/stack/environment.js';
import { type Contestant, steps, type Update } from './contestant.js';
import type { Cost } from './cost.js';
import { runCommand } from './run-command.js';

export interface PeerTools {
  /** The folder of their commands. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  readonly endpoint: string;
  readonly bucket: string;
  /** The folder of their output. */
  readonly folder: string;
}

/** Requests in flight of rclone; 512 is as fast and needs more memory. */
const rcloneInFlight = '256';

/** Requests in flight of the AWS command line, instead of 10. */
const awsInFlight = 64;

/** Installs the peers; `folder` is for their output. */
export async function installPeers({ store, bucket }: StackAccess, folder: string): Promise<PeerTools> {
  const packages = await pythonPackages('copy-peers');
  const scratch = await mkdtemp(join(folder, 'peers-'));
  const awsConfig = join(scratch, 'aws-config');
  await writeFile(awsConfig, `[default]\ns3 =\n  max_concurrent_requests = ${awsInFlight}\n  max_queue_size = 10000\n`);
  const env = programEnvironment(process.env, {
    AWS_ENDPOINT_URL_S3: store.endpoint,
    AWS_REGION: store.region,
    AWS_DEFAULT_REGION: store.region,
    AWS_ACCESS_KEY_ID: store.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.credentials.secretAccessKey,
    AWS_CONFIG_FILE: awsConfig,
    PYTHONPATH: packages,
    RCLONE_CONFIG: join(scratch, 'rclone.conf'),
    RCLONE_S3_PROVIDER: 'Other',
    RCLONE_S3_ENV_AUTH: 'true',
    RCLONE_S3_ENDPOINT: store.endpoint,
    RCLONE_S3_REGION: store.region,
  });
  await writeFile(join(scratch, 'rclone.conf'), '');
  return { bin: join(packages, 'bin'), env, endpoint: store.endpoint, bucket, folder: scratch };
}

/** Runs a peer's command. */
export async function runPeer(
  tools: PeerTools,
  name: string,
  command: readonly string[],
): Promise<Cost & { readonly lastLine: string }> {
  const logFile = join(await mkdtemp(join(tools.folder, 'run-')), 'output');
  return await runCommand({ name, command, env: tools.env, logFile });
}

/** Runs s5cmd to copy all objects, also existing ones. */
export async function s5cmdCopy(tools: PeerTools, workers: number, update: Update): Promise<Cost> {
  const { source, destination } = update;
  return await s5cmd(tools, workers, ['cp', `s3://${tools.bucket}/${source}*`, `s3://${tools.bucket}/${destination}`]);
}

async function s5cmd(tools: PeerTools, workers: number, what: readonly string[]): Promise<Cost> {
  const general = ['--endpoint-url', tools.endpoint, '--numworkers', String(workers), '--log', 'error'];
  return await runPeer(tools, 's5cmd', [join(tools.bin, 's5cmd'), ...general, ...what]);
}

/** The peers of this bench: s5cmd with this many workers, LTD Keeper 1.x's algorithm with this many objects. */
export function createPeers(
  tools: PeerTools,
  { s5cmdWorkers, keeperObjects }: { readonly s5cmdWorkers: number; readonly keeperObjects: number },
): readonly Contestant[] {
  const at = (prefix: string): string => `s3://${tools.bucket}/${prefix}`;
  return [
    { name: 's5cmdCopy', steps: ['fresh'], publish: (update) => s5cmdCopy(tools, s5cmdWorkers, update) },
    {
      name: 's5cmdSync',
      steps: ['release', 'unchanged', 'rollback'],
      publish: ({ source, destination }) =>
        s5cmd(tools, s5cmdWorkers, ['sync', '--delete', `${at(source)}*`, at(destination)]),
    },
    {
      name: 'rclone',
      steps,
      publish: ({ source, destination }) =>
        runPeer(tools, 'rclone', [
          ...[join(tools.bin, 'rclone'), 'sync', '--checksum', '--fast-list', '--s3-no-check-bucket'],
          ...['--transfers', rcloneInFlight, '--checkers', rcloneInFlight],
          ...[`:s3:${tools.bucket}/${source}`, `:s3:${tools.bucket}/${destination}`],
        ]),
    },
    {
      name: 'aws',
      steps,
      publish: ({ source, destination }) =>
        runPeer(tools, 'aws', [
          ...['python3', join(tools.bin, 'aws'), 's3', 'sync', '--delete', '--only-show-errors'],
          ...[at(source), at(destination)],
        ]),
    },
    {
      name: 'keeper',
      steps: ['fresh'],
      isMeasuredOnce: true,
      publish: (update) => runKeeper(tools, keeperObjects, update),
    },
  ];
}

const keeperTimes = z.object({ before: z.number(), each: z.number(), copied: z.number() });

/** It copies objects in sequence, so a part is enough to extrapolate the rest. */
async function runKeeper(tools: PeerTools, most: number, update: Update): Promise<Cost> {
  const { source, destination, objects } = update;
  const script = join(checkout, 'bench', 'copy', 'keeper_1_9_0.py');
  const { lastLine, ...cost } = await runPeer(tools, 'Keeper 1.9.0', [
    ...['python3', script, tools.bucket, source, destination, String(most)],
  ]);
  const { before, each, copied } = keeperTimes.parse(JSON.parse(lastLine));
  if (copied === objects) return cost;
  return {
    seconds: before + each * objects,
    cpuSeconds: cost.cpuSeconds === null ? null : (cost.cpuSeconds * objects) / copied,
    peakRss: cost.peakRss,
    extrapolatedFrom: copied,
  };
}
