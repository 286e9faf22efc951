import { PassThrough, Writable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.js';

/** The exit code and the output of a command. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The input of a command. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** All of standard input. */
  readonly stdin?: string | Buffer;
  /** The texts typed at a terminal, one after each prompt. Makes standard input a terminal. */
  readonly typed?: readonly string[];
}

/** Runs a command in this process, as `ltd-keeper ...args`. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { env = {}, stdin, typed } = options;
  const input = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  const answers = [...(typed ?? [])];
  if (typed === undefined) input.end(stdin ?? '');
  const stdout = collector();
  const stderr = collector((chunk) => {
    if (!chunk.endsWith(': ')) return;
    const answer = answers.shift();
    if (answer !== undefined) setImmediate(() => input.write(answer));
  });
  const code = await runCli(args, { env, stdin: input, stdout: stdout.stream, stderr: stderr.stream });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(onChunk?: (chunk: string) => void): { readonly stream: Writable; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      onChunk?.(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
