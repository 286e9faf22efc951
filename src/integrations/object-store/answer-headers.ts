import type { Dispatcher } from 'undici';

type Raw = Dispatcher.DispatchController['rawHeaders'];

/**
 * The headers of an answer. They are read when they are asked for, since nobody asks for those of a copy, and without a
 * string for each that is not wanted. Bytes above ASCII are Latin-1, which is how Node and so the SDK read them.
 */
export class AnswerHeaders {
  readonly #raw: readonly (Buffer | string)[];

  /** @param raw - Names and values in turn, as undici gives them. */
  constructor(raw: Raw | null) {
    this.#raw = Array.isArray(raw) ? raw : [];
  }

  /** The value of a header, by its lower-case name. The last where it was sent more than once. */
  get(name: string): string | undefined {
    for (let at = this.#raw.length - 2; at >= 0; at -= 2) {
      const raw = this.#raw[at];
      if (raw?.length === name.length && startsWith(raw, name)) return latin1(this.#raw[at + 1]);
    }
    return undefined;
  }

  /** Calls back for each header whose name begins so: with the rest of the name in lower case, and its value. */
  each(prefix: string, visit: (rest: string, value: string) => void): void {
    for (let at = 0; at + 1 < this.#raw.length; at += 2) {
      const raw = this.#raw[at];
      if (raw !== undefined && startsWith(raw, prefix)) {
        visit(latin1(raw).slice(prefix.length).toLowerCase(), latin1(this.#raw[at + 1]));
      }
    }
  }
}

/** Whether a name, in whatever case, begins with lower-case letters, digits and dashes. */
function startsWith(raw: Buffer | string, prefix: string): boolean {
  if (typeof raw === 'string') return raw.toLowerCase().startsWith(prefix);
  for (let at = 0; at < prefix.length; at += 1) {
    const byte = raw[at] ?? 0;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== prefix.charCodeAt(at)) return false;
  }
  return true;
}

function latin1(text: Buffer | string | undefined): string {
  return typeof text === 'string' ? text : (text?.toString('latin1') ?? '');
}
