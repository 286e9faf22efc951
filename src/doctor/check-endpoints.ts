import { request } from 'undici';
import type { Config } from '../config/config.js';
import { reasonOf } from '../process/failure-message.js';
import { failure, type Finding, ok, warning } from './finding.js';

type Endpoints = Pick<Config, 'fastly' | 'dasherUrl' | 'eventsUrl'>;

/** An address that the service calls, and how to mend it. */
interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly advice: string;
}

/** Milliseconds. */
const patience = 5_000;

/** Do those answer that publications are told to? Nothing is purged, built or told: each is sent a GET. */
export async function checkEndpoints(config: Endpoints): Promise<readonly Finding[]> {
  return Promise.all(endpointsOf(config).map(checkEndpoint));
}

function endpointsOf({ fastly, dasherUrl, eventsUrl }: Endpoints): readonly Endpoint[] {
  const endpoints: Endpoint[] = [];
  if (fastly !== null)
    endpoints.push({
      name: 'cdn',
      // Fastly: what the token itself may do; asking it changes nothing.
      url: `${fastly.apiUrl}/tokens/self`,
      headers: { 'Fastly-Key': fastly.key.reveal() },
      advice: 'Check FASTLY_KEY and LTD_FASTLY_API_URL.',
    });
  if (dasherUrl !== null)
    endpoints.push({ name: 'dashboards', url: dasherUrl, advice: 'Check LTD_DASHER_URL, and LTD Dasher.' });
  if (eventsUrl !== null)
    endpoints.push({
      name: 'events',
      url: eventsUrl.reveal(),
      advice: 'Check LTD_EVENTS_URL, and the receiver: events wait until it answers.',
    });
  return endpoints;
}

async function checkEndpoint({ name, url, headers, advice }: Endpoint): Promise<Finding> {
  try {
    const { statusCode, body } = await request(url, {
      ...(headers === undefined ? {} : { headers }),
      signal: AbortSignal.timeout(patience),
    });
    await body.dump();
    return judgeAnswer(name, statusCode, advice);
  } catch (error) {
    return failure(name, `There is no answer: ${reasonOf(error)}.`, advice);
  }
}

/** What an answer to a GET says of an address that takes POSTs: that it is there, even where it answers 404 or 405. */
function judgeAnswer(name: string, status: number, advice: string): Finding {
  if (status === 401 || status === 403) return failure(name, `It refuses us with HTTP ${status}.`, advice);
  if (status >= 500) return warning(name, `It answers with HTTP ${status}.`, advice);
  return ok(name, `It answers (HTTP ${status}).`);
}
