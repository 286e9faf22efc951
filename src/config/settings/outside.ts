import { Secret } from '../secret.js';
import { exactUrl, flag, secretText, serving, text, url, type ValuesOf } from '../setting.js';

/** Settings of the services that a publication tells: CDN, dashboards, receivers of events, name service. */
export const outsideSettings = {
  FASTLY_SERVICE_ID: {
    parser: text.optional(),
    usedBy: ['worker'],
    alias: 'LTD_KEEPER_FASTLY_ID',
    togetherWith: 'FASTLY_KEY',
    meaning: 'The Fastly service whose cache the worker purges. Without it the worker purges nothing.',
  },
  FASTLY_KEY: {
    parser: secretText.optional(),
    usedBy: ['worker'],
    secret: true,
    alias: 'LTD_KEEPER_FASTLY_KEY',
    meaning: 'The API key of that service.',
  },
  LTD_FASTLY_API_URL: {
    parser: url.default('https://api.fastly.com'),
    usedBy: ['worker'],
    meaning: 'Where the worker sends purges.',
  },
  LTD_DASHER_URL: {
    parser: url.optional(),
    usedBy: ['worker'],
    meaning: 'The address of LTD Dasher. Without it the service renders [dashboards](dashboards.md) itself.',
  },
  LTD_EVENTS_URL: {
    parser: exactUrl.transform((address) => new Secret(address)).optional(),
    usedBy: ['worker'],
    secret: true,
    meaning:
      'Where the worker sends an `edition.updated` event after each publication, by a POST to exactly ' +
      'this URL ([operations.md](operations.md#events)). It sends a user and password in the URL as ' +
      'Basic credentials.',
  },
  LTD_ROUTE53: {
    parser: flag.default(false),
    usedBy: serving,
    meaning:
      "Whether the service registers the domain of a new product in Amazon's Route 53 " +
      '([operations.md](operations.md#domains)), with the credentials of the object store.',
  },
  AWS_ENDPOINT_URL_ROUTE_53: {
    parser: url.optional(),
    usedBy: ['worker'],
    meaning:
      'The endpoint of another name service; without it `AWS_ENDPOINT_URL` counts. If only the object ' +
      "store is not AWS's, set `AWS_ENDPOINT_URL_S3`.",
  },
} as const;

/** The services outside; null for each that is not used. */
export function outsideConfig(
  set: ValuesOf<typeof outsideSettings> & { readonly AWS_ENDPOINT_URL: string | undefined },
) {
  const { FASTLY_SERVICE_ID: serviceId, FASTLY_KEY: key, LTD_FASTLY_API_URL: apiUrl } = set;
  const endpoint = set.AWS_ENDPOINT_URL_ROUTE_53 ?? set.AWS_ENDPOINT_URL ?? null;
  return {
    fastly: serviceId !== undefined && key !== undefined ? { serviceId, key, apiUrl } : null,
    dasherUrl: set.LTD_DASHER_URL ?? null,
    /** Such addresses often hold a key. */
    eventsUrl: set.LTD_EVENTS_URL ?? null,
    /** Amazon's name service, with the account of the object store; a null endpoint is AWS's own. */
    route53: set.LTD_ROUTE53 ? { endpoint } : null,
  };
}
