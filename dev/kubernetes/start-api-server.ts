import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.js';
import { GaveUp, poll } from '../poll.js';
import { logTail, type RunningProcess, startProcess } from '../start-process.js';
import { temporaryFolder } from '../temporary-folder.js';
import { goProgram } from './go-program.js';
import { kubeApiServer, kubectl } from './programs.js';
import { startEtcd } from './start-etcd.js';

const run = promisify(execFile);

/** A Kubernetes API server without anything that starts pods. */
export interface ApiServer {
  /** Runs kubectl as an administrator; returns its output. */
  kubectl(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  stop(): Promise<void>;
}

/** Start-up time on a busy machine. Milliseconds. */
const timeoutMs = 180_000;

/**
 * Starts etcd and an API server on free ports of 127.0.0.1, with new state; builds the programs first if needed.
 * Resolves when it is ready. @throws {Error} naming what is missing, or with the end of the log.
 */
export async function startApiServer(): Promise<ApiServer> {
  const programs = { server: await goProgram(kubeApiServer), client: await goProgram(kubectl) };
  const folder = await temporaryFolder('ltd-keeper-kubernetes');
  const etcd = await startEtcd(folder);
  const port = await freePort();
  const token = randomUUID();
  const server = await startProcess({
    name: 'kube-apiserver',
    command: programs.server,
    args: [...(await serverArgs(folder, token)), `--etcd-servers=${etcd.url}`, `--secure-port=${port}`],
    logFile: join(folder, 'kube-apiserver.log'),
  });
  const kubeconfig = join(folder, 'kubeconfig.json');
  await writeFile(kubeconfig, JSON.stringify(access(`https://127.0.0.1:${port}`, folder, token)));
  const started: ApiServer = {
    kubectl: (...args) => run(programs.client, ['--kubeconfig', kubeconfig, ...args]),
    stop: async () => {
      await server.stop();
      await etcd.process.stop();
    },
  };
  await untilReady(started, server).catch(async (error: unknown) => {
    await started.stop();
    throw error;
  });
  return started;
}

/** The required settings beside etcd: a key for service accounts' tokens, and one administrator. */
async function serverArgs(folder: string, token: string): Promise<readonly string[]> {
  const key = join(folder, 'service-accounts.key');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await writeFile(key, privateKey, { mode: 0o600 });
  const tokens = join(folder, 'tokens.csv');
  await writeFile(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  await mkdir(certificatesIn(folder));
  return [
    '--bind-address=127.0.0.1',
    `--cert-dir=${certificatesIn(folder)}`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
  ];
}

/** The folder of the certificate that the server generates. */
function certificatesIn(folder: string): string {
  return join(folder, 'certificates');
}

/** A kubeconfig; JSON is YAML. */
function access(server: string, folder: string, token: string): unknown {
  const authority = join(certificatesIn(folder), 'apiserver.crt');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
}

async function untilReady(started: ApiServer, server: RunningProcess): Promise<void> {
  const look = async (): Promise<boolean> => {
    if (server.exit() !== undefined)
      throw new GaveUp(`kube-apiserver ended while starting; its log says:\n${await logTail(server)}`);
    await started.kubectl('get', '--raw', '/readyz');
    return true;
  };
  await poll(look, { what: `kube-apiserver (log: ${server.logFile})`, timeout: timeoutMs, interval: 500 });
}
