/** An answer as it arrived. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly contentType: string | null;
  /** Parsed JSON; undefined for other bodies. */
  readonly body: unknown;
}

/** The expectation for an {@link Answer}. */
export interface Expected {
  readonly status: number;
  readonly location?: string | undefined;
  readonly content_type: string;
  readonly body?: unknown;
}

/** Texts of a recording that stand for values that differ each time. */
const patterns: Readonly<Record<string, (value: unknown, base: string) => boolean>> = {
  // Whole seconds: LTD Dasher reads no other format.
  $date: (value) => isText(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  $hex32: (value) => isText(value, /^[0-9a-f]{32}$/),
  $queue_url: (value, base) =>
    isText(value, /\/queue\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) && String(value).startsWith(`${base}/queue/`),
  // Sent as the name of HTTP's Basic scheme, which a colon would end.
  $token: (value) => isText(value, /^[\x21-\x39\x3b-\x7e]+$/),
  // Clients use other requests with version 2 and above.
  $semver: (value) => isText(value, /^1\.\d+\.\d+$/),
  $url: (value) => isText(value, /^https?:\/\/[^/]+\/\S*$/),
  $text: (value) => isText(value, /./),
  $object: (value) => isObject(value),
  $pending: (value) => typeof value === 'boolean',
};

/**
 * Describes the differences between an answer and its expectation; empty when there are none. `base` stands for `$base`
 * in a text. An object may have more keys than expected, never fewer; an array has exactly the elements.
 */
export function mismatches(expected: Expected, answer: Answer, base: string): string[] {
  const found: string[] = [];
  if (answer.status !== expected.status) found.push(`status ${answer.status}, not ${expected.status}`);
  if (expected.location !== undefined) compare(expected.location, answer.location, 'Location');
  compare(expected.content_type, answer.contentType?.split(';')[0], 'Content-Type');
  if (expected.body !== undefined) compare(expected.body, answer.body, 'body');
  return found;

  function compare(wanted: unknown, value: unknown, at: string): void {
    if (Array.isArray(wanted) && Array.isArray(value) && wanted.length === value.length) {
      for (const [index, element] of wanted.entries()) compare(element, value[index], `${at}[${index}]`);
    } else if (isObject(wanted) && isObject(value)) {
      for (const [key, element] of Object.entries(wanted)) compare(element, value[key], `${at}.${key}`);
    } else if (!isSame(wanted, value, base)) {
      found.push(`${at} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`);
    }
  }
}

/** A value of a recording, with `$base` replaced by the service's address. */
export function withBase(value: unknown, base: string): unknown {
  if (typeof value === 'string') return value.replaceAll('$base/', `${base}/`);
  if (Array.isArray(value)) return value.map((element) => withBase(element, base));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, withBase(element, base)]));
}

function isSame(wanted: unknown, value: unknown, base: string): boolean {
  const pattern = typeof wanted === 'string' ? patterns[wanted] : undefined;
  return pattern === undefined ? withBase(wanted, base) === value : pattern(value, base);
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
