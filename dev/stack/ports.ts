import { freePort, isFree } from '../free-port.js';

/** The fixed ports. Temporal's are the `temporal` command's defaults. */
export const fixedPorts = {
  api: 8600,
  edge: 8601,
  edgePurge: 8602,
  objectStore: 8603,
  objectStoreAdmin: 8604,
  postgres: 8605,
  temporal: 7233,
  temporalUi: 8233,
} as const;

/** A port for each server of the stack. */
export type StackPorts = Readonly<Record<keyof typeof fixedPorts, number>>;

/** Returns free ports for a stack. @throws {Error} naming the fixed ports in use, and the remedy. */
export async function stackPorts(choice: 'fixed' | 'auto'): Promise<StackPorts> {
  return choice === 'auto' ? autoPorts() : takenAside(fixedPorts);
}

async function autoPorts(): Promise<StackPorts> {
  const names = Object.keys(fixedPorts) as (keyof StackPorts)[];
  const entries = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
  return Object.fromEntries(entries) as unknown as StackPorts; // An entry for each name, just made.
}

async function takenAside(ports: StackPorts): Promise<StackPorts> {
  const checked = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => ((await isFree(port)) ? [] : [`${port} (${name})`])),
  );
  const taken = checked.flat();
  if (taken.length === 0) return ports;
  throw new Error(
    `In use by another program: port ${taken.join(', ')}. Stop it, or take other ports: DEV_PORTS=auto make dev`,
  );
}
