import { type Paragraph, readMarkdown } from './inline-markdown.js';
import { componentName, type Field, fieldOf, fieldsOf, typeOf, type ValueType } from './schema-fields.js';
import type { MediaType, Operation, Reference, Response, Schema, Specification } from './specification.js';

/** What a body may be, by media type. */
export interface BodyView {
  readonly mediaType: string;
  readonly type: ValueType;
  readonly examples: readonly string[];
}

/** One answer of an operation. */
export interface AnswerView {
  readonly status: string;
  readonly isSuccess: boolean;
  readonly description: readonly Paragraph[];
  readonly headers: readonly { readonly name: string; readonly description: string }[];
  readonly bodies: readonly BodyView[];
}

/** One method of one path. */
export interface OperationView {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: readonly Paragraph[];
  /** How to prove who asks; null where nobody asks. */
  readonly access: readonly Paragraph[] | null;
  readonly parameters: readonly (Field & { readonly where: string })[];
  readonly body: (BodyView & { readonly fields: readonly Field[] }) | null;
  readonly answers: readonly AnswerView[];
}

/** Operations that belong together. */
export interface GroupView {
  readonly id: string;
  readonly name: string;
  readonly description: readonly Paragraph[];
  readonly operations: readonly OperationView[];
}

/** Everything that the page shows, in its order. */
export interface DocsView {
  readonly title: string;
  readonly version: string;
  readonly introduction: readonly Paragraph[];
  readonly groups: readonly GroupView[];
  readonly schemas: readonly { readonly name: string; readonly fields: readonly Field[] }[];
}

/** A specification as its page shows it. */
export function viewSpecification(specification: Specification): DocsView {
  const { info, tags, components } = specification;
  const operations = operationsOf(specification);
  return {
    title: info.title,
    version: info.version,
    introduction: readMarkdown(info.description),
    groups: tags.map(({ name, description }) => ({
      id: `group-${name.toLowerCase()}`,
      name,
      description: readMarkdown(description),
      operations: operations.filter(({ tag }) => tag === name).map(({ view }) => view),
    })),
    schemas: Object.entries(components.schemas)
      .map(([name, schema]) => ({ name, fields: fieldsOf(schema) }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

function operationsOf(
  specification: Specification,
): readonly { readonly tag: string | undefined; readonly view: OperationView }[] {
  return Object.entries(specification.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0],
      view: { method: method.toUpperCase(), path, ...viewOperation(operation, specification) },
    })),
  );
}

function viewOperation(operation: Operation, specification: Specification): Omit<OperationView, 'method' | 'path'> {
  const { components } = specification;
  return {
    id: operation.operationId,
    summary: operation.summary,
    description: operation.description === undefined ? [] : readMarkdown(operation.description),
    access: accessOf(operation, specification),
    parameters: (operation.parameters ?? []).map((parameter) => ({
      ...fieldOf(parameter.name, parameter.schema, parameter.required),
      where: parameter.in,
    })),
    body: requestBodyOf(operation, specification),
    answers: Object.entries(operation.responses).map(([status, answer]) =>
      viewAnswer(status, resolve(answer, components.responses), specification),
    ),
  };
}

function accessOf({ security }: Operation, { components }: Specification): readonly Paragraph[] | null {
  const [scheme] = security.flatMap((one) => Object.keys(one));
  const found = scheme === undefined ? undefined : components.securitySchemes[scheme];
  return found === undefined ? null : readMarkdown(`HTTP Basic: ${found.description}`);
}

function requestBodyOf({ requestBody }: Operation, specification: Specification): OperationView['body'] {
  const [body] = bodiesOf(requestBody?.content, specification);
  const [media] = Object.values(requestBody?.content ?? {});
  if (body === undefined || media === undefined) return null;
  return { ...body, fields: fieldsOf(resolve(media.schema, specification.components.schemas)) };
}

function viewAnswer(status: string, answer: Response, specification: Specification): AnswerView {
  return {
    status,
    isSuccess: status.startsWith('2'),
    description: readMarkdown(answer.description),
    headers: Object.entries(answer.headers ?? {}).map(([name, { description }]) => ({ name, description })),
    bodies: bodiesOf(answer.content, specification),
  };
}

function bodiesOf(
  content: Readonly<Record<string, MediaType>> = {},
  { components }: Specification,
): readonly BodyView[] {
  return Object.entries(content).map(([mediaType, media]) => ({
    mediaType,
    type: typeOf(media.schema),
    examples: examplesOf(media, components.schemas).map((example) =>
      typeof example === 'string' ? example : JSON.stringify(example, null, 2),
    ),
  }));
}

function examplesOf(media: MediaType, schemas: Specification['components']['schemas']): readonly unknown[] {
  if (media.example !== undefined) return [media.example];
  if (media.examples !== undefined) return Object.values(media.examples).map(({ value }) => value);
  return resolve<Schema>(media.schema, schemas).examples ?? [];
}

/** @throws {Error} for a reference to nothing, which `describeApi` does not make. */
function resolve<T extends object>(value: T | Reference, components: Readonly<Record<string, T>>): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T; // it has no $ref
  const found = components[componentName(value.$ref)];
  if (found === undefined) throw new Error(`The specification has no ${value.$ref}`);
  return found;
}
