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

/** Address and account of the API. */
export interface KeeperAccess {
  /** Without a slash at its end. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** A product to create. */
export interface NewProduct {
  readonly slug: string;
  readonly title: string;
  readonly doc_repo: string;
  readonly root_domain: string;
  readonly root_fastly_domain: string;
  readonly bucket_name: string;
}

/** The calls of CI jobs, and a few more. Every method throws {@link LtdError} when the API refuses. */
export interface KeeperClient {
  /** Creates a product and its default edition. */
  createProduct(product: NewProduct): Promise<void>;
  /** The editions of a product, the default one first. */
  editions(product: string): Promise<readonly Edition[]>;
  /**
   * Registers a build and returns forms to upload its directories by. Directory names end in a slash; the root is `/`.
   */
  registerBuild(product: string, build: NewBuild): Promise<RegisteredBuild>;
  build(build: Pick<RegisteredBuild, 'self_url'>): Promise<Build>;
  /** Completes the upload of a build. Returns the address of its task. */
  completeUpload(build: Pick<RegisteredBuild, 'self_url'>): Promise<string>;
  /** Returns a task now, or at its end if it ends within `wait` seconds. */
  task(queueUrl: string, wait?: number): Promise<Task>;
}

/** A build to register. */
export interface NewBuild {
  readonly gitRefs: readonly string[];
  readonly directories: readonly string[];
}

/** The API refused a request. The message names the request and the reason. */
export class LtdError extends Error {
  override readonly name = 'LtdError';
  /** HTTP status. */
  readonly status: number;

  constructor(request: string, status: number, text: string) {
    super(`${request} answered ${status}: ${text.slice(0, 500)}`);
    this.status = status;
  }
}

/** With this media type, the answer to a new build holds presigned forms. */
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
 * Creates a client of the public HTTP API. It requests its first token when it needs one, and the next when that one
 * expires.
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
    completeUpload: async ({ self_url: address }) =>
      (await call({ method: 'PATCH', url: address, body: { uploaded: true }, answer: accepted })).queue_url,
    task: (queueUrl, wait = 0) => call({ method: 'GET', url: `${queueUrl}?wait=${wait}`, answer: task }),
  };
}

/** Sends requests with a token. It retries a refused one with a new token once: a token expires after an hour. */
function createCall({ url, username, password }: KeeperAccess): <T>(request: Call<T>) => Promise<T> {
  const signIn = async (): Promise<string> =>
    basic((await send({ method: 'GET', url: `${url}/token`, answer: token }, basic(username, password))).token, '');
  let login: Promise<string> | undefined;
  return async (request) => {
    const absolute = { ...request, url: new URL(request.url, url).href };
    const used = (login ??= signIn());
    // Outside of the try: do not retry a wrong password.
    const authorization = await used;
    try {
      return await send(absolute, authorization);
    } catch (error) {
      if (!(error instanceof LtdError) || error.status !== 401) throw error;
      // Another request may have signed in already.
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
