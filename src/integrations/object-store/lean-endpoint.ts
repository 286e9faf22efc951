import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** Where the requests about a bucket go, as the SDK says. */
export interface LeanEndpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The value of `host`. */
  readonly host: string;
  /** What comes before `/<key>`: empty, or `/<bucket>` where buckets are addressed by path. */
  readonly basePath: string;
  /** The region that a signature is for. */
  readonly region: string;
}

/**
 * Asks the SDK where a bucket is: region, path or host, dual stack, FIPS, access points. Null where it would sign
 * otherwise than by SigV4 for S3 (directory buckets, access points of many regions, Outposts). Nothing is sent.
 *
 * @throws what the SDK throws, such as "Region is missing".
 */
export async function resolveLeanEndpoint(client: S3Client, bucket: string): Promise<LeanEndpoint | null> {
  let endpoint: Endpoint | undefined;
  const stack = client.middlewareStack.clone();
  stack.add(
    (_next, context) => (args) => {
      endpoint = context.endpointV2;
      return Promise.resolve({ output: { ...args.input, $metadata: {} }, response: undefined });
    },
    { step: 'build', name: 'keepEndpoint', priority: 'high' },
  );
  const command = new ListObjectsV2Command({ Bucket: bucket });
  await command.resolveMiddleware(stack, client.config, {})({ input: command.input });
  return endpoint === undefined ? null : leanEndpoint(endpoint);
}

interface Endpoint {
  readonly url: URL;
  readonly headers?: Record<string, string[]>;
  readonly properties?: Record<string, unknown>;
}

function leanEndpoint({ url, headers = {}, properties = {} }: Endpoint): LeanEndpoint | null {
  const region = signingRegion(properties['authSchemes']);
  if (region === undefined || url.search !== '' || Object.keys(headers).length > 0) return null;
  return { origin: url.origin, host: url.host, basePath: url.pathname.replace(/\/$/, ''), region };
}

function signingRegion(schemes: unknown): string | undefined {
  const scheme: unknown = Array.isArray(schemes) ? schemes[0] : undefined;
  if (typeof scheme !== 'object' || scheme === null) return undefined;
  if (!('name' in scheme && 'signingName' in scheme && 'signingRegion' in scheme)) return undefined;
  const { name, signingName, signingRegion: region } = scheme;
  return name === 'sigv4' && signingName === 's3' && typeof region === 'string' ? region : undefined;
}
