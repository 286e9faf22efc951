import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { type RunningProcess, startProcess } from '../start-process.js';

/** A running etcd. */
export interface Etcd {
  readonly url: string;
  readonly process: RunningProcess;
}

/**
 * Starts etcd, from PATH, on free ports of 127.0.0.1, with its state in the folder. The caller waits until it is ready.
 * @throws {Error} with the way to install it.
 */
export async function startEtcd(folder: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  try {
    const process = await startProcess({
      name: 'etcd',
      command: 'etcd',
      args: [
        ...['--data-dir', join(folder, 'etcd')],
        ...['--listen-client-urls', url, '--advertise-client-urls', url],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ...['--initial-cluster', `default=${peerUrl}`],
      ],
      logFile: join(folder, 'etcd.log'),
    });
    return { url, process };
  } catch (cause) {
    throw new Error('There is no etcd. Run: apt-get install etcd-server (elsewhere: https://etcd.io)', {
      cause,
    });
  }
}
