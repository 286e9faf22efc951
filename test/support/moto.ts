import { join } from 'node:path';
import { Route53Client } from '@aws-sdk/client-route-53';
import { freePort } from '../../dev/free-port.js';
import { pythonPackages } from '../../dev/python-packages.js';
import { startProcess } from '../../dev/start-process.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from './eventually.js';

/** A server with AWS's APIs, including Route 53, whose data ends with it. */
export interface Moto {
  /** The endpoint of all its services, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Credentials for clients; it checks no signatures. */
export const motoAccess = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'TESTACCESSKEYID00000', secretAccessKey: 'test-secret-access-key' },
} as const;

/** Starts it on a free port; the first run fetches its packages. Close it in the file's `after`. */
export async function startMoto(): Promise<Moto> {
  const packages = await pythonPackages('moto');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    name: 'moto',
    command: 'python3',
    // -s excludes the user's own packages.
    args: ['-s', '-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    logFile: join(await temporaryFolder('moto'), 'moto.log'),
    env: { PATH: process.env['PATH'], PYTHONPATH: packages },
  });
  await eventually('moto to answer', async () => (await fetch(`${url}/moto-api/data.json`)).ok);
  return {
    url,
    close: async () => {
      await server.stop();
    },
  };
}

/** A client of its Route 53, for a test's set-up and checks. */
export function route53Of({ url }: Pick<Moto, 'url'>): Route53Client {
  return new Route53Client({ endpoint: url, ...motoAccess });
}
