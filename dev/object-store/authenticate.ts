import { timingSafeEqual } from 'node:crypto';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { readClaim, type SignatureClaim } from './signature-claim.js';
import {
  canonicalRequest,
  createSigningKeyCache,
  type CredentialScope,
  requestStringToSign,
  signatureOf,
} from './sigv4.js';

/** An access key of the store. */
export type StoreCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Set for temporary credentials: requests must carry it as `x-amz-security-token`. */
  readonly sessionToken?: string;
};

/** The signature of a request. The signatures of its body's chunks continue from it. */
export type Signing = {
  readonly signingKey: Buffer;
  readonly scope: CredentialScope;
  readonly amzDate: string;
  readonly signature: string;
};

/** The sender of a request. `payloadHash` is `x-amz-content-sha256`, or its default in a presigned address. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'key';
      readonly accessKeyId: string;
      readonly payloadHash: string;
      readonly signing: Signing;
    };

export type Authenticator = {
  /** Returns the caller of a request signed in its headers or its query, or `anonymous`. Throws S3's errors. */
  readonly authenticate: (request: S3Request) => Caller;
  /** Returns the key of a scope, for other kinds of signature. Throws as `authenticate` does. */
  readonly signingKeyFor: (scope: CredentialScope, sessionToken: string | undefined) => Buffer;
};

/** Creates the authenticator. `now` is the store's clock in milliseconds. */
export function createAuthenticator(options: {
  credentials: readonly StoreCredentials[];
  region: string;
  now: () => number;
}): Authenticator {
  const known = new Map(options.credentials.map((credential) => [credential.accessKeyId, credential]));
  const deriveKey = createSigningKeyCache();
  const signingKeyFor: Authenticator['signingKeyFor'] = (scope, sessionToken) => {
    const credential = known.get(scope.accessKeyId);
    if (credential === undefined) {
      throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: scope.accessKeyId });
    }
    if (credential.sessionToken !== sessionToken) throw new S3Error('InvalidToken');
    checkScope(scope, options.region);
    return deriveKey(credential.secretAccessKey, scope);
  };
  return {
    signingKeyFor,
    authenticate: (request) => {
      const claim = readClaim(request, options.now());
      if (claim === undefined) return { kind: 'anonymous' };
      return verify(request, claim, signingKeyFor(claim.scope, request.amzHeader('x-amz-security-token')));
    },
  };
}

function verify(request: S3Request, claim: SignatureClaim, signingKey: Buffer): Caller {
  if (claim.scope.date !== claim.amzDate.slice(0, 8)) {
    throw new S3Error('SignatureDoesNotMatch', 'The credential scope and the date of the request differ.');
  }
  checkSignedHeaders(request, claim.signedHeaders);
  const canonical = canonicalRequest({
    method: request.method,
    path: request.target.path,
    query: request.target.query.filter(([name]) => name !== 'X-Amz-Signature'),
    signedHeaders: claim.signedHeaders,
    header: request.header,
    payloadHash: claim.payloadHash,
  });
  const stringToSign = requestStringToSign(canonical, claim);
  if (!equals(signatureOf(signingKey, stringToSign), claim.signature)) {
    throw new S3Error('SignatureDoesNotMatch', undefined, {
      StringToSign: stringToSign,
      CanonicalRequest: canonical,
    });
  }
  const { payloadHash, scope, amzDate, signature } = claim;
  return {
    kind: 'key',
    accessKeyId: scope.accessKeyId,
    payloadHash,
    signing: { signingKey, scope, amzDate, signature },
  };
}

function checkScope(scope: CredentialScope, region: string): void {
  if (scope.region !== region) {
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${region}'`,
      { Region: region },
    );
  }
  if (scope.service !== 's3') {
    throw new S3Error('AuthorizationHeaderMalformed', `The service '${scope.service}' is wrong; expecting 's3'.`);
  }
}

/** S3 requires that `host` and every `x-amz-…` header be signed. */
function checkSignedHeaders(request: S3Request, signedHeaders: readonly string[]): void {
  const isSigned = (name: string): boolean => signedHeaders.includes(name);
  const unsigned = request
    .headerNames()
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .filter((name) => !isSigned(name) && request.header(name) !== undefined);
  if (unsigned.length === 0) return;
  throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: unsigned.join(', '),
  });
}

/** Compares two signatures in constant time. */
export function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
