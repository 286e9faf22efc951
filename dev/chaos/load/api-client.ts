import type { KeeperAccess } from '../../client/keeper-client.js';
import type { RequestEvent, RequestVerb } from '../history.js';
import type { Recorder } from '../recorder.js';

/** A request that changes something, and what it is about. */
export interface ApiRequest {
  readonly verb: RequestVerb;
  readonly product: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly edition?: number;
  readonly build?: number;
  readonly slug?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer; status 0 where none came. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks one of the API's processes, by chance, and writes down what was asked and answered. */
export interface ApiClient {
  change(request: ApiRequest): Promise<ApiAnswer>;
  read(path: string): Promise<ApiAnswer>;
}

/** A client waits no longer. Milliseconds. */
const patience = 15_000;

/** What is needed to ask. */
export interface ApiClientOptions {
  readonly urls: readonly string[];
  readonly access: Pick<KeeperAccess, 'username' | 'password'>;
  readonly recorder: Recorder;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Signs in once; the API must be up. */
export async function createApiClient(options: ApiClientOptions): Promise<ApiClient> {
  const { urls, access, recorder, random } = options;
  const [first = ''] = urls;
  const login = await send(`${first}/token`, { method: 'GET', authorization: basic(access) });
  const authorization = basic({ username: String(login.body['token']), password: '' });
  const anyUrl = (): string => urls[Math.floor(random() * urls.length)] ?? first;
  return {
    change: async (request) => {
      const url = anyUrl();
      const at = Date.now();
      const answer = await send(`${url}${request.path}`, { ...request, authorization });
      recorder.record(eventOf(request, { url, at, ...answer }));
      return answer;
    },
    read: (path) => send(`${anyUrl()}${path}`, { method: 'GET', authorization }),
  };
}

interface Sending {
  readonly method: string;
  readonly authorization: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(url: string, { method, authorization, body, headers }: Sending): Promise<ApiAnswer> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: { authorization, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as ApiAnswer['body'] }; // the API answers objects alone
  } catch {
    return { status: 0, body: {} };
  }
}

function eventOf(
  request: ApiRequest,
  { url, at, status, body }: ApiAnswer & { readonly url: string; readonly at: number },
): RequestEvent {
  const { verb, product, edition = null, slug = null } = request;
  const queueUrl = body['queue_url'];
  return {
    kind: 'request',
    at,
    ended: Date.now(),
    verb,
    api: new URL(url).port,
    product,
    status,
    task: status < 300 && typeof queueUrl === 'string' ? lastPart(queueUrl) : null,
    edition,
    build: request.build ?? registered(request, body),
    slug,
  };
}

/** The build that a registration made. */
function registered({ verb }: ApiRequest, body: ApiAnswer['body']): number | null {
  return verb === 'register' && typeof body['self_url'] === 'string' ? Number(lastPart(body['self_url'])) : null;
}

function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
