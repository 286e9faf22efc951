import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { type ObjectHeaders, type StoredHeaderName, storedHeaderNames } from '../../domain/object-headers.js';
import type { AnswerHeaders } from './answer-headers.js';

/** AWS: an object that was put without a content type has this one. */
const defaultContentType = 'binary/octet-stream';

const metadataPrefix = 'x-amz-meta-';

/** The SDK's names of the stored headers; `Expires` goes as it is (see {@link keepExpires}). */
const inputNames = {
  'content-type': 'ContentType',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-disposition': 'ContentDisposition',
  'cache-control': 'CacheControl',
  expires: 'rawExpires',
  'x-amz-website-redirect-location': 'WebsiteRedirectLocation',
} as const satisfies Record<StoredHeaderName, string>;

/** The part of a copy's, an upload's or a put's input that says what the object is to be served with. */
export type HeaderInput = Partial<Record<(typeof inputNames)[StoredHeaderName], string>> & {
  Metadata: Record<string, string>;
};

/** The stored headers of an object, as a HEAD gives them. */
export function headersOf(output: HeadObjectCommandOutput): ObjectHeaders {
  const found: Record<StoredHeaderName, string | undefined> = {
    'content-type': output.ContentType ?? defaultContentType,
    'content-encoding': output.ContentEncoding,
    'content-language': output.ContentLanguage,
    'content-disposition': output.ContentDisposition,
    'cache-control': output.CacheControl,
    expires: output.ExpiresString,
    'x-amz-website-redirect-location': output.WebsiteRedirectLocation,
  };
  return {
    system: Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
    metadata: output.Metadata ?? {},
  };
}

/** The same from the headers of the answer itself. */
export function headersOfAnswer(answer: AnswerHeaders): ObjectHeaders {
  const system: Partial<Record<StoredHeaderName, string>> = { 'content-type': defaultContentType };
  for (const name of storedHeaderNames) {
    const value = answer.get(name);
    if (value !== undefined) system[name] = value;
  }
  const metadata: Record<string, string> = {};
  answer.each(metadataPrefix, (name, value) => {
    metadata[name] = value;
  });
  return { system, metadata };
}

/** The headers as input of the SDK. */
export function headerInput(headers: ObjectHeaders): HeaderInput {
  const input: HeaderInput = { Metadata: { ...headers.metadata } };
  for (const header of storedHeaderNames) {
    const value = headers.system[header];
    if (value !== undefined) input[inputNames[header]] = value;
  }
  return input;
}

/**
 * Lets a client send `Expires` exactly as the store gave it. The SDK takes a date only, but S3 keeps whatever was put
 * (`0`, say, which means "expired").
 */
export function keepExpires(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      if ('rawExpires' in args.input && typeof args.input.rawExpires === 'string') {
        setHeader(args.request, 'expires', args.input.rawExpires);
      }
      return next(args);
    },
    { step: 'build', name: 'keepExpires' },
  );
}

function setHeader(request: unknown, name: string, value: string): void {
  if (typeof request !== 'object' || request === null || !('headers' in request)) return;
  if (typeof request.headers === 'object' && request.headers !== null) {
    Object.assign(request.headers, { [name]: value });
  }
}
