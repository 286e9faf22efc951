import { z } from 'zod';
import { Secret } from './secret.js';

/** The programs that are configured; each demands only the settings that it uses. */
export type Role = 'api' | 'worker' | 'cli';

/** One setting of the environment, declared once. */
export interface Setting<Parser extends z.ZodType = z.ZodType> {
  /** Turns the text of the environment, or its absence, into the value. Its default is the setting's. */
  readonly parser: Parser;
  /** Programs that read it; the others ignore it. */
  readonly usedBy: readonly Role[];
  /** Programs that refuse to start without it. @default none */
  readonly requiredBy?: readonly Role[];
  /** Whether it belongs in a Secret, never in a log. @default false */
  readonly secret?: true;
  /** LTD Keeper 1.x's own name of it, which the service accepts as well. */
  readonly alias?: string;
  /** The setting with which it must be set together. */
  readonly togetherWith?: string;
  /** What it means, in Markdown: the cell of docs/configuration.md. */
  readonly meaning: string;
}

/** Settings by their names in the environment. */
export type Settings = Readonly<Record<string, Setting>>;

/** The values of settings, as their parsers return them. */
export type ValuesOf<Declared extends Settings> = {
  readonly [Name in keyof Declared]: z.output<Declared[Name]['parser']>;
};

/** Every program. */
export const everyRole = ['api', 'worker', 'cli'] as const;

/** The programs that serve. */
export const serving = ['api', 'worker'] as const;

/** Text as it is. */
export const text = z.string();

/** Text that nothing prints. */
export const secretText = text.transform((value) => new Secret(value));

/** An http or https URL, exactly as given. */
export const exactUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** An http or https URL without slashes at its end. */
export const url = exactUrl.transform((value) => value.replace(/\/+$/, ''));

/** `true` or `false`, in the words that environments use. */
export const flag = text
  .toLowerCase()
  .pipe(z.enum(['1', 'true', 'yes', 'on', '0', 'false', 'no', 'off'], 'must be true or false'))
  .transform((word) => ['1', 'true', 'yes', 'on'].includes(word));

/** A whole number within limits, both included. */
export const integer = (low: number, high: number) =>
  text
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= low && value <= high, `must be from ${low} to ${high}`);

/** One of a closed set of words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`);

/** Some of a closed set of words, each at most once, separated by commas. */
export const someOf = <const Word extends string>(words: readonly Word[]) =>
  text
    .transform((list) => list.split(',').map((word) => word.trim()))
    .pipe(z.array(z.enum(words, `must be some of ${words.join(', ')}, separated by commas`)))
    .refine((chosen) => new Set(chosen).size === chosen.length, 'must name each only once');
