import { Route53ServiceException } from '@aws-sdk/client-route-53';
import { credentialsAdvice, noCredentials } from '../aws-credentials.js';
import { type ErrorCode, LtdError } from '../../domain/errors.js';

/** What a failure is to us, and what a person can do about it. */
interface Verdict {
  readonly code: ErrorCode;
  readonly advice: string;
}

const again: Verdict = { code: 'dns_unavailable', advice: 'it is tried again' };
const denied: Verdict = {
  code: 'dns_access_denied',
  advice: 'check the AWS credentials, and that they allow ListHostedZonesByName and ChangeResourceRecordSets',
};
const noProvider: Verdict = { code: 'dns_unavailable', advice: credentialsAdvice };
const noRegion: Verdict = { code: 'dns_rejected', advice: 'set AWS_REGION' };
const hopeless: Verdict = {
  code: 'dns_rejected',
  advice: 'check root_domain and root_fastly_domain of the product, and what the zone has under this name',
};

/** Route 53's error codes (its API reference, "Common Errors" and those of the two calls) that mean more than their status. */
const verdictsByCode: ReadonlyMap<string, Verdict> = new Map([
  ['InvalidClientTokenId', denied],
  ['SignatureDoesNotMatch', denied],
  // The provider of credentials has an outage: it gives none, or those that have expired.
  [noCredentials, noProvider],
  ['ExpiredToken', noProvider],
  // 4xx that pass by themselves: another change of the zone is under way, a zone was removed since it was listed.
  ['PriorRequestNotComplete', again],
  ['NoSuchHostedZone', again],
  ['Throttling', again],
  ['ThrottlingException', again],
]);

/** The domain's error for whatever the SDK or its transport threw; a `LtdError` stays as it is. */
export function route53Error(error: unknown, action: string): LtdError {
  if (error instanceof LtdError) return error;
  const { code, advice } = verdictOf(error);
  const said = error instanceof Error ? `${error.message} (${error.name})` : String(error);
  return new LtdError(code, `Route 53 could not ${action}: ${said}; ${advice}`, { cause: error });
}

function verdictOf(error: unknown): Verdict {
  const known = error instanceof Error ? verdictsByCode.get(error.name) : undefined;
  if (known !== undefined) return known;
  if (error instanceof Error && error.message === 'Region is missing') return noRegion;
  // Any other error is of the transport: no whole answer came.
  const status = error instanceof Route53ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === undefined || status >= 500 || status === 408 || status === 429) return again;
  return status === 401 || status === 403 ? denied : hopeless;
}
