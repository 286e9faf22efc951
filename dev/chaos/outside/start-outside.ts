import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorder } from '../recorder.js';
import { type MoodyReply, type MoodyRequest, type MoodyServer, startMoodyServer } from './moody-server.js';

/** Who is outside, by name. */
export const outsiders = ['cdn', 'receiver', 'dasher', 'credentials'] as const;

/** One of {@link outsiders}. */
export type Outsider = (typeof outsiders)[number];

/** The keys of the object store that the endpoint of credentials gives. */
export interface StoreKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * How long credentials last, in milliseconds. The AWS SDK uses credentials until they expire, also while it cannot
 * refresh them, so a longer life would hide an outage.
 */
const lifetime = 4_000;

/** The time that the endpoint of credentials takes, in milliseconds: the SDK asks again at once. */
const credentialsDelay = 200;

/**
 * The servers that the service calls: a proxy before the CDN's purges, the receiver of events, LTD Dasher, and the
 * endpoint of the object store's credentials.
 */
export interface Outside {
  readonly servers: Readonly<Record<Outsider, MoodyServer>>;
  /** Where purges really go. */
  forwardPurgesTo(url: string): void;
  /** Until then the endpoint of credentials answers 500. */
  giveCredentials(keys: StoreKeys): void;
  close(): Promise<void>;
}

/** Starts them all. What the receiver of events takes is written down. */
export async function startOutside(recorder: Pick<Recorder, 'record'>): Promise<Outside> {
  let purges = '';
  let keys: StoreKeys | undefined;
  const servers = {
    cdn: await startMoodyServer((request) => forward(purges, request)),
    receiver: await startMoodyServer(({ body }) => {
      recorder.record({ kind: 'delivery', at: Date.now(), ...publicationIn(body) });
      return Promise.resolve({ status: 200, body: '{}' });
    }),
    dasher: await startMoodyServer(() => Promise.resolve({ status: 202, body: '{}' })),
    credentials: await startMoodyServer(() => sleep(credentialsDelay).then(() => credentialsOf(keys))),
  };
  return {
    servers,
    forwardPurgesTo: (url) => {
      purges = url;
    },
    giveCredentials: (given) => {
      keys = given;
    },
    close: async () => {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

/** The answer of a container's credentials endpoint. */
function credentialsOf(keys: StoreKeys | undefined): MoodyReply {
  if (keys === undefined) return { status: 500, body: '{}' };
  const { accessKeyId, secretAccessKey } = keys;
  const expiration = new Date(Date.now() + lifetime).toISOString();
  const given = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: '',
    Expiration: expiration,
  };
  return { status: 200, body: JSON.stringify(given) };
}

async function forward(target: string, { method, path, headers }: MoodyRequest): Promise<MoodyReply> {
  const forwarded = await fetch(`${target}${path}`, {
    method,
    headers: { 'fastly-key': String(headers['fastly-key'] ?? '') },
  });
  return { status: forwarded.status, body: await forwarded.text() };
}

/** Ids of an event's edition and build, from their URLs. */
function publicationIn(body: string): { readonly edition: number; readonly build: number } {
  const { edition } = JSON.parse(body) as { edition: { url: string; build_url: string } }; // what the service sends
  const idOf = (url: string): number => Number(url.slice(url.lastIndexOf('/') + 1));
  return { edition: idOf(edition.url), build: idOf(edition.build_url) };
}
