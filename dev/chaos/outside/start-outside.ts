import type { Recorder } from '../recorder.js';
import { type MoodyReply, type MoodyRequest, type MoodyServer, startMoodyServer } from './moody-server.js';

/** Who is outside, by name. */
export const outsiders = ['cdn', 'receiver', 'dasher'] as const;

/** One of {@link outsiders}. */
export type Outsider = (typeof outsiders)[number];

/** The servers that the service calls: a proxy before the CDN's purges, who is told of publications, LTD Dasher. */
export interface Outside {
  readonly servers: Readonly<Record<Outsider, MoodyServer>>;
  /** Where purges really go. */
  forwardPurgesTo(url: string): void;
  close(): Promise<void>;
}

/** Starts them all. What the receiver of events takes is written down. */
export async function startOutside(recorder: Pick<Recorder, 'record'>): Promise<Outside> {
  let purges = '';
  const servers = {
    cdn: await startMoodyServer((request) => forward(purges, request)),
    receiver: await startMoodyServer(({ body }) => {
      recorder.record({ kind: 'delivery', at: Date.now(), ...publicationIn(body) });
      return Promise.resolve({ status: 200, body: '{}' });
    }),
    dasher: await startMoodyServer(() => Promise.resolve({ status: 202, body: '{}' })),
  };
  return {
    servers,
    forwardPurgesTo: (url) => {
      purges = url;
    },
    close: async () => {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
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
