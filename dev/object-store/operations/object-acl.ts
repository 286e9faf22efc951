import { bucketOf, type Exchange, type S3Response, xmlResponse } from '../exchange.js';
import { readPayload } from '../payload.js';
import { S3Error } from '../s3-error.js';
import type { CannedAcl } from '../stored-object.js';
import { xmlDocument } from '../xml.js';
import { requestAcl, requireObject } from './put-object.js';

/** PutObjectAcl, with a canned ACL. */
export async function putObjectAcl(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller } = exchange;
  const { settings } = bucketOf(exchange);
  if (settings.aclsDisabled) throw new S3Error('AccessControlListNotSupported');
  const body = await readPayload(request, caller);
  if (body !== '') throw new S3Error('NotImplemented', 'This store takes canned ACLs only, no access control lists.');
  const object = { ...requireObject(exchange), acl: requestAcl(request, bucketOf(exchange)) };
  store.catalog.commit({ type: 'object', bucket: settings.name, object });
  return { status: 200 };
}

const xsiNamespace = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const ownerXml = '<ID>owner</ID><DisplayName>owner</DisplayName>';
const ownerGrant = `<Grant><Grantee ${xsiNamespace} xsi:type="CanonicalUser">${ownerXml}</Grantee><Permission>FULL_CONTROL</Permission></Grant>`;

/** The groups that a canned ACL grants permissions to. */
const groupGrants: Readonly<Record<CannedAcl, readonly (readonly [group: string, permission: string])[]>> = {
  private: [],
  'public-read': [['AllUsers', 'READ']],
  'public-read-write': [
    ['AllUsers', 'READ'],
    ['AllUsers', 'WRITE'],
  ],
  'authenticated-read': [['AuthenticatedUsers', 'READ']],
};

/** GetObjectAcl. */
export function getObjectAcl(exchange: Exchange): S3Response {
  const { acl } = requireObject(exchange);
  const grants = groupGrants[acl].map(([group, permission]) => {
    const uri = `<URI>http://acs.amazonaws.com/groups/global/${group}</URI>`;
    return `<Grant><Grantee ${xsiNamespace} xsi:type="Group">${uri}</Grantee><Permission>${permission}</Permission></Grant>`;
  });
  const list = `<AccessControlList>${ownerGrant}${grants.join('')}</AccessControlList>`;
  return xmlResponse(xmlDocument('AccessControlPolicy', `<Owner>${ownerXml}</Owner>${list}`));
}
