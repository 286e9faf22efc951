import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { loadEncryptionKeys } from '../../config/load-config.js';
import { LtdError } from '../../domain/errors.js';
import { createCodecServer } from '../../payload-codec/codec-server.js';
import { createEncryptingCodec } from '../../payload-codec/encrypting-codec.js';
import { stopSignal } from '../../process/stop-signal.js';
import type { CliIo } from '../io.js';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly allowOrigin?: string;
}

/** `ltd-keeper codec-server`. */
export function codecServerCommand(io: CliIo): Command {
  return new Command('codec-server')
    .description('decrypt for the Temporal Web UI and the temporal command, until it is stopped')
    .option('--host <address>', 'where to listen; it decrypts for whoever reaches it', '127.0.0.1')
    .option('--port <number>', '0 takes a free one', portOf, 8081)
    .option('--allow-origin <origin>', 'the origin of the Web UI, as http://localhost:8233')
    .action((options: Options) => serve(io, options));
}

async function serve(io: CliIo, { host, port, allowOrigin }: Options): Promise<void> {
  const keys = loadEncryptionKeys(io.env);
  if (keys.length === 0)
    throw new LtdError('invalid', 'LTD_TEMPORAL_ENCRYPTION_KEYS is not set: there is nothing to decrypt with.');
  const stopping = stopSignal();
  const server = createCodecServer({
    codec: createEncryptingCodec(keys),
    allowedOrigin: allowOrigin ?? null,
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const chosen = typeof address === 'object' && address !== null ? address.port : port;
  io.stdout.write(`The codec server listens on http://${host}:${chosen}\n`);
  if (!stopping.aborted) await once(stopping, 'abort');
  server.close().closeAllConnections();
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be from 0 to 65535.');
  return port;
}
