/** A header of an answer. A type, not an interface: the generator's types have index signatures. */
export type DescribedHeader = {
  readonly description: string;
  readonly required: true;
  readonly schema: { readonly type: 'string'; readonly format?: 'uri' };
};

/** What an answer says of its headers. */
export type DescribedHeaders = {
  headers?: Record<string, DescribedHeader>;
};

/** The key `headers` of an answer, and no key where there are none. */
export function describeHeaders(headers: Readonly<Record<string, string>> | undefined): DescribedHeaders {
  if (headers === undefined) return {};
  const described = Object.entries(headers).map(
    ([name, description]) => [name, describe(name, description)] as const,
  );
  return { headers: Object.fromEntries(described) };
}

function describe(name: string, description: string): DescribedHeader {
  const schema =
    name === 'Location' ? ({ type: 'string', format: 'uri' } as const) : ({ type: 'string' } as const);
  return { description, required: true, schema };
}
