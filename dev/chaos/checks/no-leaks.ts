import type { FinalProcess } from '../final-state.js';
import { poolSize } from '../pool-size.js';
import type { Check } from './violation.js';

/** What a process of ours may hold after all that, in MiB: three times what it holds after its start. */
const maxMemory = 600;

/** File descriptors that one may have open at rest. */
const maxDescriptors = 200;

/** Nothing is left open: connections, transactions, descriptors, memory, processes, multipart uploads. */
export const noLeaks: Check = ({ final }) => [
  ...final.connections.map((what) => `connection left: ${what}`),
  ...final.strays.map((what) => `process: ${what}`),
  ...final.processes.flatMap(grown),
  ...final.uploads.map((key) => `a multipart upload of ${key} was never ended`),
];

function grown({ name, memory, descriptors, connections }: FinalProcess): readonly string[] {
  return [
    ...(memory > maxMemory ? [`${name} holds ${memory} MiB, more than ${maxMemory}`] : []),
    ...(descriptors > maxDescriptors
      ? [`${name} has ${descriptors} descriptors open, more than ${maxDescriptors}`]
      : []),
    ...(connections > poolSize
      ? [`${name} has ${connections} connections to PostgreSQL, and its pool may hold ${poolSize}`]
      : []),
  ];
}
