import { type Paragraph, readMarkdown } from './inline-markdown.js';
import type { Schema } from './specification.js';

/** What a value is, in words; where it is a component, `name` is that one's. */
export interface ValueType {
  readonly before: string;
  readonly name: string | null;
}

/** One key of an object, or of an object within it: `metadata.editions[].outcome`. */
export interface Field {
  readonly name: string;
  readonly type: ValueType;
  readonly isRequired: boolean;
  readonly limits: readonly string[];
  readonly description: readonly Paragraph[];
}

/** The keys of an object, with those of the objects within it after each. */
export function fieldsOf(schema: Schema, prefix = ''): readonly Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const inner = value.items === undefined ? fieldsOf(value, `${name}.`) : fieldsOf(value.items, `${name}[].`);
    return [fieldOf(name, value, schema.required?.includes(key) ?? false), ...inner];
  });
}

/** A value that has a name. */
export function fieldOf(name: string, schema: Schema, isRequired: boolean): Field {
  const description = schema.description === undefined ? [] : readMarkdown(schema.description);
  return { name, type: typeOf(schema), isRequired, limits: limitsOf(schema), description };
}

/** The name of the component that a reference points to. */
export function componentName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** What a value is: `array of string or null`. */
export function typeOf(schema: Schema): ValueType {
  if (schema.$ref !== undefined) return { before: '', name: componentName(schema.$ref) };
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any JSON']);
  const base = types.filter((type) => type !== 'null');
  const suffix = types.includes('null') ? ' or null' : '';
  if (base[0] === 'array') return within('array of ', schema.items ?? {}, suffix);
  if (base[0] === 'object' && typeof schema.additionalProperties === 'object')
    return within('object, each value of it ', schema.additionalProperties, suffix);
  return { before: base.join(' or ') + suffix, name: null };
}

function within(before: string, schema: Schema, suffix: string): ValueType {
  const inner = typeOf(schema);
  return { before: `${before}${inner.before}${suffix}`, name: inner.name };
}

function limitsOf(schema: Schema): readonly string[] {
  const values = schema.enum?.filter((value) => value !== null).map((value) => JSON.stringify(value));
  const limits = [
    ['one of', values?.join(', ')],
    ['format', schema.format],
    ['matches', schema.pattern],
    ['at least', schema.minimum],
    ['at least', counted(schema.minLength, 'character')],
    ['at most', counted(schema.maxLength, 'character')],
    ['at least', counted(schema.minItems, 'item')],
    ['at most', counted(schema.maxItems, 'item')],
    ['by default', schema.default === undefined ? undefined : JSON.stringify(schema.default)],
  ] as const;
  return limits.flatMap(([words, value]) => (value === undefined ? [] : [`${words} ${value}`]));
}

function counted(count: number | undefined, noun: string): string | undefined {
  return count === undefined ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
