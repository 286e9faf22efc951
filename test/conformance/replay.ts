import assert from 'node:assert/strict';
import { insertUser } from '../../src/db/queries/users.js';
import { permissionBits } from '../../src/domain/permissions.js';
import { createPasswordHasher } from '../../src/services/hash-password.js';
import { testCost } from '../support/api.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { startTestWorker } from '../support/worker.js';
import { type Answer, withBase } from './match.js';
import type { Sender, Step } from './recording.js';

/** A whole service with an empty database, to which requests are replayed. */
export interface Replay {
  readonly keeper: TestKeeper;
  /** Sends the request of a step. */
  send(step: Omit<Step, 'expect'>): Promise<Answer>;
  close(): Promise<void>;
}

/** The users of the recordings, beside the administrator of each service. All passwords are `pug`. */
const permissionsOf: Partial<Record<Sender, number>> = {
  'product admin': permissionBits.product,
  'edition admin': permissionBits.edition,
  uploader: permissionBits.upload,
  deprecator: permissionBits.deprecate,
};

/** Starts a service; without a worker, requests stay pending. */
export async function startReplay({ worker }: { readonly worker: boolean }): Promise<Replay> {
  const keeper = await startTestKeeper();
  const password = await createPasswordHasher(testCost).hash('pug');
  for (const [username, permissions] of Object.entries(permissionsOf))
    await insertUser(keeper.knex, { username, password_hash: password, permissions });
  if (worker) await startTestWorker(keeper);
  const tokens = new Map<Sender, string>();
  const authorization = async (sender: Sender): Promise<Record<string, string>> => {
    if (sender === 'nobody') return {};
    if (sender === 'admin by password') return { authorization: basic('admin', 'pug') };
    const token = tokens.get(sender) ?? (await tokenOf(keeper.baseUrl, sender));
    tokens.set(sender, token);
    return { authorization: basic(token, '') };
  };
  let queuePath = '/queue/none';
  return {
    keeper,
    send: async (step) => {
      const line = step.send.replace('$queue_url', queuePath);
      const answer = await send(keeper.baseUrl, { ...step, send: line }, await authorization(step.as));
      queuePath = queuePathOf(answer.body) ?? queuePath;
      return answer;
    },
    close: () => keeper.close(),
  };
}

async function send(
  base: string,
  { send: line, headers, body, text }: Omit<Step, 'expect'>,
  authorization: Record<string, string>,
): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const json = JSON.stringify(withBase(body, base)) as string | undefined; // undefined stays undefined
  const content =
    json
      ?.replace('$mebibyte', 'x'.repeat(1024 * 1024))
      .replace('"$directories"', JSON.stringify(Array.from({ length: 5_001 }, (_one, n) => `${n}/`))) ?? text;
  const answer = await fetch(base + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...lower(headers),
      ...authorization,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    contentType: answer.headers.get('content-type'),
    body: parsed(await answer.text()),
  };
}

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function queuePathOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('queue_url' in body)) return undefined;
  return new URL(String(body.queue_url)).pathname;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function tokenOf(base: string, sender: Sender): Promise<string> {
  const answer = await fetch(`${base}/token`, { headers: { authorization: basic(sender, 'pug') } });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { token: string }).token;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
