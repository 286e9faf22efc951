import type { ImpliedFailure } from '../http/implied-failures.js';
import { describeHeaders, type DescribedHeaders } from './describe-headers.js';

/** A failure as a component of the specification. A type, not an interface: the generator's types have index signatures. */
export type DescribedFailure = DescribedHeaders & {
  readonly description: string;
  readonly content: Record<string, { schema: { $ref: string }; example: unknown }>;
};

/** An implied failure as a component, which routes refer to. */
export function describeFailure({ description, headers, example }: ImpliedFailure): DescribedFailure {
  return {
    description,
    ...describeHeaders(headers),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
  };
}
