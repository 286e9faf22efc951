import type { z } from 'zod';
import {
  accepted,
  build,
  type Build,
  type Edition,
  edition,
  editions,
  registeredBuild,
  task,
  token,
} from './answers.js';
import type { RegisteredBuild, Task } from './answers.js';

/** Where the API is, and as whom to use it. */
export interface KeeperAccess {
  /** Without a slash at its end. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** A product to be made. */
export interface NewProduct {
  readonly slug: string;
  readonly title: string;
  readonly doc_repo: string;
  readonly root_domain: string;
  readonly root_fastly_domain: string;
  readonly bucket_name: string;
}

/** What CI jobs ask of the API, and a little more. Every method throws {@link LtdError} where the API refuses. */
export interface KeeperClient {
  /** Makes a product and its default edition. */
  createProduct(product: NewProduct): Promise<void>;
  /** The editions of a product, the default one first. */
  editions(product: string): Promise<readonly Edition[]>;
  /**
   * Registers a build and gets forms to upload its directories by, each named with a slash at its end, the root `/`.
   */
  registerBuild(product: string, build: NewBuild): Promise<RegisteredBuild>;
  build(build: Pick<RegisteredBuild, 'self_url'>): Promise<Build>;
  /** Says that a build is uploaded. Answers the address of its task. */
  announceBuild(build: Pick<RegisteredBuild, 'self_url'>): Promise<string>;
  /** A task as it stands, or, within `wait` seconds, as it ended. */
  task(queueUrl: string, wait?: number): Promise<Task>;
}

/** A build to be registered. */
export interface NewBuild {
  readonly gitRefs: readonly string[];
  readonly directories: readonly string[];
}

/** The API refused a request; the message says which, and why. */
export class LtdError extends Error {
  override readonly name = 'LtdError';
  /** HTTP's. */
  readonly status: number;

  constructor(request: string, status: number, text: string) {
    super(`${request} answered ${status}: ${text.slice(0, 500)}`);
    this.status = status;
  }
}

/** With it the answer to a new build holds presigned forms. */
const presignedUploads = 'application/vnd.ltdkeeper.v2+json';

/** One request. */
interface Call<T> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Absolute, or a path of the API. */
  readonly url: string;
  readonly body?: object;
  readonly accept?: string;
  readonly answer: z.ZodType<T>;
}

/**
 * A client of the public HTTP API. It asks for a token when it needs the first, and for another when that has ended.
 */
export function createKeeperClient(access: KeeperAccess): KeeperClient {
  const call = createCall(access);
  return {
    createProduct: async (product) => {
      await call({ method: 'POST', url: '/products/', body: product, answer: accepted });
    },
    editions: async (product) => {
      const list = await call({ method: 'GET', url: `/products/${product}/editions/`, answer: editions });
      return Promise.all(list.editions.map((address) => call({ method: 'GET', url: address, answer: edition })));
    },
    registerBuild: (product, { gitRefs, directories }) =>
      call({
        method: 'POST',
        url: `/products/${product}/builds/`,
        body: { git_refs: gitRefs, directories },
        accept: presignedUploads,
        answer: registeredBuild,
      }),
    build: ({ self_url: url }) => call({ method: 'GET', url, answer: build }),
    announceBuild: async ({ self_url: address }) =>
      (await call({ method: 'PATCH', url: address, body: { uploaded: true }, answer: accepted })).queue_url,
    task: (queueUrl, wait = 0) => call({ method: 'GET', url: `${queueUrl}?wait=${wait}`, answer: task }),
  };
}

/** Sends requests with a token. One that is refused is sent once more with another: a token ends after an hour. */
function createCall({ url, username, password }: KeeperAccess): <T>(request: Call<T>) => Promise<T> {
  const signIn = async (): Promise<string> =>
    basic((await send({ method: 'GET', url: `${url}/token`, answer: token }, basic(username, password))).token, '');
  let login: Promise<string> | undefined;
  return async (request) => {
    const absolute = { ...request, url: new URL(request.url, url).href };
    const used = (login ??= signIn());
    // Outside: a password that is wrong is not tried twice.
    const authorization = await used;
    try {
      return await send(absolute, authorization);
    } catch (error) {
      if (!(error instanceof LtdError) || error.status !== 401) throw error;
      // Unless another request has asked for the next one already.
      if (login === used) login = signIn();
      return send(absolute, await login);
    }
  };
}

async function send<T>(
  { method, url, body, accept = 'application/json', answer }: Call<T>,
  authorization: string,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { authorization, accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new LtdError(`${method} ${url}`, response.status, text);
  return answer.parse(JSON.parse(text));
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
