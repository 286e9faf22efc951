import { inspect } from 'node:util';

/** What is shown wherever a secret would have been printed. */
export const redacted = '[redacted]';

/** A value that no log, JSON body or error prints: only {@link Secret.reveal} gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}

/**
 * The same object, which whatever prints it shows as redacted: for options of a library that holds secrets among them.
 * Its properties are read, copied and spread as before.
 */
export function unprinted<T extends object>(value: T): T {
  const show = { value: () => redacted };
  return Object.defineProperties(value, { toString: show, toJSON: show, [inspect.custom]: show });
}
