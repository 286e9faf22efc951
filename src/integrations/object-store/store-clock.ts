import type { S3Client } from '@aws-sdk/client-s3';
import { amzDateOf } from './sigv4.js';

/** S3's code for a request that was signed with a time too far from the store's. */
const skewed = 'RequestTimeTooSkewed';

/**
 * From how many milliseconds on the time may be the reason of a refusal: S3's limit is 15 minutes, the AWS SDK's figure
 * this.
 */
const largeSkew = 240_000;

/** A request that was refused. Times in milliseconds since 1970. */
interface Refusal {
  readonly method: string;
  readonly status: number | undefined;
  readonly signedAt: number;
  /** By the store's clock; not a number where the answer has no date. */
  readonly answeredAt: number;
}

/**
 * Names the error of a HEAD as S3 would if the answer had a body: it may have been refused because of its time alone.
 * Once the clock follows the store's, a true refusal shows none of this, so it costs one request more at most.
 */
function nameSkew(error: Error, { method, status, signedAt, answeredAt }: Refusal): void {
  if (method === 'HEAD' && status === 403 && Math.abs(answeredAt - signedAt) >= largeSkew) error.name = skewed;
}

/**
 * The time that requests are signed with, in milliseconds since 1970: ours, until the store says that its own is
 * another.
 */
export class StoreClock {
  #offset = 0;
  #last = { second: -1, amzDate: '' };

  now(): number {
    return Date.now() + this.#offset;
  }

  /** A time as `x-amz-date` has it. */
  amzDate(now: number): string {
    const second = Math.floor(now / 1_000);
    if (second !== this.#last.second) this.#last = { second, amzDate: amzDateOf(new Date(now)) };
    return this.#last.amzDate;
  }

  /**
   * Takes over the store's time where the error says that ours was too far off. The AWS SDK does the same by itself.
   */
  learn(error: Error, refusal: Refusal): void {
    nameSkew(error, refusal);
    if (error.name === skewed && !Number.isNaN(refusal.answeredAt)) this.#offset = refusal.answeredAt - Date.now();
  }
}

/** Makes a client of the AWS SDK, which corrects its clock by each answer's date, tell such errors as S3 would. */
export function tellSkew(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const refusal = refusalOf(args.request, error);
        if (error instanceof Error && refusal !== null) nameSkew(error, refusal);
        throw error;
      }
    },
    // Outside of what reads the answer, behind what signs.
    { step: 'deserialize', name: 'tellSkew', priority: 'high' },
  );
}

/** The parts of the SDK's request and of the answer that it attaches to an error. */
interface Exchange {
  readonly request: { readonly method: string; readonly headers: Readonly<Record<string, string>> };
  readonly $response: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
}

function refusalOf(request: unknown, error: unknown): Refusal | null {
  if (!(error instanceof Error && '$response' in error)) return null;
  const exchange = { request, $response: error.$response } as Partial<Exchange>; // each part is asked for below
  const signed = exchange.request?.headers['x-amz-date'];
  const { statusCode, headers } = exchange.$response ?? {};
  return {
    method: exchange.request?.method ?? '',
    status: statusCode,
    signedAt: timeOf(signed ?? ''),
    answeredAt: Date.parse(headers?.['date'] ?? ''),
  };
}

/** The time of an `x-amz-date`; not a number for anything else. */
function timeOf(amzDate: string): number {
  return Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
