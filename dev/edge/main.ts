import { startEdge } from './start-edge.js';

/*
 * Runs the edge as a process, configured by the environment; SIGTERM or SIGINT stops it. It prints `{"url": …,
 * "purgeUrl": …}` on one line once it listens.
 */
function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

const edge = await startEdge({
  origin: {
    bucket: setting('LTD_BUCKET'),
    endpoint: setting('AWS_ENDPOINT_URL_S3'),
    region: setting('AWS_REGION'),
    credentials: {
      accessKeyId: setting('AWS_ACCESS_KEY_ID'),
      secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
    },
  },
  purge: { serviceId: setting('FASTLY_SERVICE_ID'), key: setting('FASTLY_KEY') },
  port: Number(process.env['EDGE_PORT'] ?? 0),
  purgePort: Number(process.env['EDGE_PURGE_PORT'] ?? 0),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void edge.close());
process.stdout.write(`${JSON.stringify({ url: edge.url, purgeUrl: edge.purgeUrl })}\n`);
