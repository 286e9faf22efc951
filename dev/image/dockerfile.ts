/** A line of a Dockerfile, continued lines joined. */
export interface Instruction {
  /** In capitals: `RUN`, `COPY`. */
  readonly keyword: string;
  /** All that follows it. */
  readonly rest: string;
}

/** What one `FROM` begins. */
export interface Stage {
  /** What is said after `AS`. */
  readonly name: string | undefined;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile, as far as ours go: no here-documents, no `ONBUILD`. */
export interface Dockerfile {
  /** What stands before the first stage: its `ARG`s. */
  readonly preamble: readonly Instruction[];
  readonly stages: readonly Stage[];
}

/**
 * Reads a Dockerfile.
 *
 * @throws {Error} for a line that is no instruction.
 */
export function parseDockerfile(text: string): Dockerfile {
  const preamble: Instruction[] = [];
  const stages: { name: string | undefined; from: string; instructions: Instruction[] }[] = [];
  for (const line of logicalLines(text)) {
    const instruction = parseInstruction(line);
    const stage = stages.at(-1);
    if (instruction.keyword === 'FROM') stages.push(beginStage(instruction.rest));
    else if (stage === undefined) preamble.push(instruction);
    else stage.instructions.push(instruction);
  }
  return { preamble, stages };
}

/** What an instruction in JSON form says: `CMD ["api"]`. */
export function execForm({ keyword, rest }: Instruction): readonly string[] {
  const words: unknown = JSON.parse(rest);
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`${keyword} is not a list of words: ${rest}`);
}

/** The name and value pairs of an `ENV` or `LABEL`; values with spaces are in double quotes. */
export function pairsOf({ rest }: Instruction): ReadonlyMap<string, string> {
  const pairs = rest.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S*))/g);
  return new Map([...pairs].map(([, name = '', quoted, bare = '']) => [name, quoted ?? bare]));
}

function beginStage(rest: string): { name: string | undefined; from: string; instructions: Instruction[] } {
  const [from = '', , name] = rest.split(/\s+/);
  return { from, name, instructions: [] };
}

function parseInstruction(line: string): Instruction {
  const [, keyword, rest] = /^([A-Z]+)\s+(.+)$/s.exec(line) ?? [];
  if (keyword === undefined || rest === undefined) throw new Error(`Not an instruction: ${line}`);
  return { keyword, rest };
}

/** Without comments; a backslash at a line's end continues it. */
function logicalLines(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
}
