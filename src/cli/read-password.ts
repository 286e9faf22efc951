import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { LtdError } from '../domain/errors.js';
import type { CliIo } from './io.js';

/**
 * A new password: all of standard input but the end of its last line, or typed twice at the terminal, unseen.
 *
 * @throws {LtdError} `invalid` when there is no terminal to ask at, the two differ, or it is not UTF-8.
 */
export async function readPassword(io: CliIo, options: { readonly fromStdin: boolean }): Promise<string> {
  if (options.fromStdin) return readAll(io);
  if (io.stdin.isTTY !== true)
    throw new LtdError('invalid', 'There is no terminal to ask for the password: use --password-stdin.');
  return askTwice(io);
}

async function readAll(io: CliIo): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as string | Buffer));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  } catch (error) {
    throw new LtdError('invalid', 'The password on standard input is not UTF-8.', { cause: error });
  }
}

async function askTwice(io: CliIo): Promise<string> {
  // readline echoes what is typed to its output, so that goes nowhere, and the questions are written beside it.
  const output = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: io.stdin, output, terminal: true });
  try {
    const password = await ask(io, terminal, 'Password: ');
    if (password !== (await ask(io, terminal, 'The same again: ')))
      throw new LtdError('invalid', 'The two passwords differ.');
    return password;
  } finally {
    terminal.close();
  }
}

async function ask(io: CliIo, terminal: Interface, question: string): Promise<string> {
  io.stderr.write(question);
  const gone = new AbortController();
  const leave = (): void => {
    gone.abort();
  };
  terminal.once('SIGINT', leave).once('close', leave);
  try {
    return await terminal.question('', { signal: gone.signal });
  } catch (error) {
    throw new LtdError('invalid', 'No password was given.', { cause: error });
  } finally {
    terminal.off('SIGINT', leave).off('close', leave);
    io.stderr.write('\n');
  }
}
