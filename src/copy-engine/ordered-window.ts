interface Place<T> {
  /** Null: nothing comes of it. Undefined while it is worked on. */
  value: T | null | undefined;
}

/**
 * What is worked on in any order and read in the order in which it was begun, a bounded number at a time: one side
 * opens places and fills them, the other takes what is filled from the front.
 */
export class OrderedWindow<T> {
  readonly #limit: number;
  #places: Place<T>[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #changed = deferred();
  #isToldSoon = false;

  /** @param limit - The most places that are open or filled and not yet taken. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws the first failure, if there is one. */
  assertOpen(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  get isFull(): boolean {
    return this.#places.length >= this.#limit;
  }

  /** Resolves once a place can be opened; throws the first failure. */
  async untilRoom(): Promise<void> {
    while (this.isFull && this.#failure === null) await this.#changed.promise;
    this.assertOpen();
  }

  /** Opens the next place. The returned function fills it; null leaves it out. */
  open(): (value: T | null) => void {
    const place: Place<T> = { value: undefined };
    this.#places.push(place);
    return (value) => {
      place.value = value;
      if (this.#places[0] === place) this.#tellSoon();
    };
  }

  /** What is filled from the front, at least one; null once all is taken and none comes. Throws the first failure. */
  async take(): Promise<readonly T[] | null> {
    for (;;) {
      this.assertOpen();
      const taken = this.#takeFilled();
      if (taken.length > 0) return taken;
      if (this.#ended && this.#places.length === 0) return null;
      await this.#changed.promise;
    }
  }

  /** No place is opened any more. */
  end(): void {
    this.#ended = true;
    this.#change();
  }

  /** Both sides are told; the first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#change();
  }

  #takeFilled(): T[] {
    const open = this.#places.findIndex(({ value }) => value === undefined);
    const places = this.#places.splice(0, open < 0 ? this.#places.length : open);
    if (places.length > 0) this.#change();
    return places.flatMap(({ value }) => (value === null || value === undefined ? [] : [value]));
  }

  /**
   * What is filled within one turn of the event loop is taken at once, since each time costs its reader some promises.
   */
  #tellSoon(): void {
    if (this.#isToldSoon) return;
    this.#isToldSoon = true;
    setImmediate(() => {
      this.#isToldSoon = false;
      this.#change();
    });
  }

  #change(): void {
    const { resolve } = this.#changed;
    this.#changed = deferred();
    resolve();
  }
}

/** A promise, and what settles it. */
interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/** A promise that whoever holds it resolves. */
function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
