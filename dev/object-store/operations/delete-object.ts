import { bucketOf, type Exchange, keyOf, type S3Response } from '../exchange.js';
import { checkWriteConditions, readConditions } from '../precondition.js';

/** DeleteObject: 204 also when there is no object. */
export function deleteObject(exchange: Exchange): S3Response {
  const { store, request } = exchange;
  const { objects, settings } = bucketOf(exchange);
  const key = keyOf(request);
  const { ifMatch, ...others } = readConditions(request.header);
  checkWriteConditions({ ...others, ifMatch, ifNoneMatch: undefined }, objects.get(key));
  if (objects.get(key) !== undefined) store.catalog.commit({ type: 'object-deleted', bucket: settings.name, key });
  return { status: 204 };
}
