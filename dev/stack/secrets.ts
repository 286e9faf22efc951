import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secrets of one state folder, of letters and digits only, so that shells and URLs need no quotes. */
export interface StackSecrets {
  readonly postgresPassword: string;
  /** Signs the API's tokens. */
  readonly signingKey: string;
  readonly adminPassword: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly fastlyKey: string;
}

/** Reads a stack's secrets, or generates them with its state. */
export async function stackSecrets(folder: string): Promise<StackSecrets> {
  const file = join(folder, 'secrets.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as StackSecrets; // Written below, whole or not at all.
  const made: StackSecrets = {
    postgresPassword: word(),
    signingKey: word(),
    adminPassword: word(),
    accessKeyId: `LTD${word().slice(0, 17).toUpperCase()}`,
    secretAccessKey: word(),
    fastlyKey: word(),
  };
  await writeFile(`${file}.draft`, JSON.stringify(made, undefined, 2), { mode: 0o600 });
  await rename(`${file}.draft`, file);
  return made;
}

function word(): string {
  return randomBytes(20).toString('hex');
}
