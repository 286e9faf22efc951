import { equals } from '../authenticate.js';
import { allowsAnybody } from '../bucket-policy.js';
import { bucketOf, type Exchange, type S3Response, type Store, timestamp } from '../exchange.js';
import { readAcl, readProperties } from '../object-properties.js';
import { storeFormFile } from '../payload.js';
import { uriEncode, uriEncodePath } from '../percent-encoding.js';
import { type PostForm, readPostForm } from '../post-form.js';
import { checkPostPolicy, checkPostSize, parsePostPolicy, type PostPolicy } from '../post-policy.js';
import { checkKey } from '../request-target.js';
import { S3Error } from '../s3-error.js';
import { signatureAlgorithm, parseCredentialScope, signatureOf } from '../sigv4.js';
import type { ObjectProperties } from '../stored-object.js';
import { element } from '../xml.js';

/** PostObject: the upload of a browser form (AWS: "Browser-based uploads using POST"). */
export async function postObject(exchange: Exchange): Promise<S3Response> {
  const { store, request } = exchange;
  const { name } = bucketOf(exchange).settings;
  if (request.header('content-length') === undefined) throw new S3Error('MissingContentLength');
  const form = await readPostForm(request.body(), request.header('content-type'));
  const fields = expandVariables(form);
  const key = requireField(fields, 'key');
  exchange.noteKeys([key]);
  checkKey(key);
  const policy = authorizeForm(exchange, fields, key);
  const properties = formProperties(fields, bucketOf(exchange).settings.aclsDisabled);
  const content = await storeFormFile(store.blobs, form.file.bytes, fields);
  if (policy !== undefined) checkPostSize(policy, content.size);
  bucketOf(exchange);
  const object = { key, lastModified: timestamp(store), ...properties, ...content };
  store.catalog.commit({ type: 'object', bucket: name, object });
  return answer({ bucket: name, key, etag: `"${content.etag}"`, host: request.header('host') ?? '', fields });
}

/** S3 expands variables before it checks the policy; `${filename}` is the only one. */
function expandVariables({ fields, file }: PostForm): ReadonlyMap<string, string> {
  return new Map([...fields].map(([name, value]) => [name, value.replaceAll('${filename}', () => file.filename)]));
}

function requireField(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value !== undefined && value !== '') return value;
  throw new S3Error(
    'InvalidArgument',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  );
}

/** Returns the policy of a form, or undefined when the bucket allows everybody to write. Throws S3's errors. */
function authorizeForm(exchange: Exchange, fields: ReadonlyMap<string, string>, key: string): PostPolicy | undefined {
  const { store, caller } = exchange;
  const { settings } = bucketOf(exchange);
  const document = fields.get('policy');
  if (document === undefined) {
    const isAllowed = allowsAnybody(settings.policy, 's3:PutObject', `arn:aws:s3:::${settings.name}/${key}`);
    if (caller.kind === 'anonymous' && !isAllowed) throw new S3Error('AccessDenied');
    return undefined;
  }
  verifySignature(store, fields, document);
  const policy = parsePostPolicy(document);
  checkPostPolicy(policy, { fields, bucket: settings.name, now: store.now() });
  return policy;
}

function verifySignature(store: Store, fields: ReadonlyMap<string, string>, document: string): void {
  if (fields.has('awsaccesskeyid') || requireField(fields, 'x-amz-algorithm') !== signatureAlgorithm) {
    throw new S3Error(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${signatureAlgorithm}.`,
    );
  }
  const scope = parseCredentialScope(requireField(fields, 'x-amz-credential'));
  const isDated = scope !== undefined && requireField(fields, 'x-amz-date').startsWith(scope.date);
  if (!isDated) throw new S3Error('InvalidArgument', 'The form’s x-amz-credential and x-amz-date do not agree.');
  const signingKey = store.authenticator.signingKeyFor(scope, fields.get('x-amz-security-token'));
  // The string to sign is the form's policy field, unchanged.
  if (equals(signatureOf(signingKey, document), requireField(fields, 'x-amz-signature'))) return;
  throw new S3Error('SignatureDoesNotMatch', undefined, { StringToSign: document });
}

function formProperties(fields: ReadonlyMap<string, string>, aclsDisabled: boolean): ObjectProperties {
  const acl = readAcl(fields.get('acl') ?? fields.get('x-amz-acl'), false, aclsDisabled);
  return readProperties({ names: fields.keys(), value: (name) => fields.get(name) }, acl);
}

type Posted = {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly host: string;
  readonly fields: ReadonlyMap<string, string>;
};

/** The answer that the form requests: a redirect, or `success_action_status` 200, 201 or (otherwise) 204. */
function answer({ bucket, key, etag, host, fields }: Posted): S3Response {
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const query = Object.entries({ bucket, key, etag }).map(([name, value]) => `${name}=${uriEncode(value)}`);
    const location = `${redirect}${redirect.includes('?') ? '&' : '?'}${query.join('&')}`;
    return { status: 303, headers: { location, etag } };
  }
  const location = `http://${host}/${bucket}/${uriEncodePath(key)}`;
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers: { location, etag } };
  if (status !== '201') return { status: 204, headers: { location, etag } };
  const inner = [element('Location', location), element('Bucket', bucket), element('Key', key), element('ETag', etag)];
  return {
    status: 201,
    headers: { location, etag, 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${inner.join('')}</PostResponse>`,
  };
}
