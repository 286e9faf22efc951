/** Duration and concurrency of the measurements. */
export interface ApiBenchOptions {
  /** Duration of each measurement. */
  readonly seconds: number;
  readonly connections: readonly number[];
  /** Whether this is the whole bench, whose results may replace the stored ones. */
  readonly isWhole: boolean;
}

const usual = { seconds: 12, connections: [10, 100, 1_000] };

/** Reads the options. @throws {Error} for an invalid variable. */
export function apiBenchOptions(env: NodeJS.ProcessEnv): ApiBenchOptions {
  const seconds = numbers(env, 'BENCH_API_SECONDS');
  const connections = numbers(env, 'BENCH_API_CONNECTIONS');
  return {
    seconds: seconds?.[0] ?? usual.seconds,
    connections: connections ?? usual.connections,
    isWhole: seconds === undefined && connections === undefined,
  };
}

function numbers(env: NodeJS.ProcessEnv, name: string): readonly number[] | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isSafeInteger(value) && value > 0)) return values;
  throw new Error(`${name}=${text} is not understood: give whole numbers above 0, with commas`);
}
