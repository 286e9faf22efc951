import { type ObjectHeaders, sameHeaders } from '../domain/object-headers.js';

/** How many sets are remembered: most sites have a few, one for each type of file; others have one for each file. */
const maxRemembered = 16;

/** Gives equal headers of many objects as one object, so that whatever is made of them is made once. */
export class SharedHeaders {
  readonly #sets: ObjectHeaders[] = [];
  #oldest = 0;

  /** The headers, or the same that came before. */
  share(headers: ObjectHeaders): ObjectHeaders {
    for (const known of this.#sets) if (sameHeaders(known, headers)) return known;
    this.#sets[this.#oldest] = headers;
    this.#oldest = (this.#oldest + 1) % maxRemembered;
    return headers;
  }
}
