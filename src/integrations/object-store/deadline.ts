/**
 * The time that one attempt has: what `AbortSignal.timeout` gives, at a tenth of its garbage, since it is made for
 * every object. It makes a signal only when a caller reads `signal`.
 *
 * It goes by the monotonic clock, and not by its timer alone: a process that was frozen, or too busy to look, carries
 * out first what had arrived meanwhile (a connection that a request waited for) and finds its timers afterwards.
 */
export class Deadline {
  readonly #end: number;
  readonly #timeout: number;
  readonly #timer: NodeJS.Timeout;
  #passed: Error | null = null;
  #onPass: ((reason: Error) => void) | undefined;
  #controller: AbortController | undefined;

  /** Begins now, and passes after so many milliseconds unless it is ended before. */
  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#end = performance.now() + timeout;
    this.#timer = setTimeout(pass, timeout, this);
  }

  /** What to fail with once the time is over; null while it is not. */
  get passed(): Error | null {
    if (this.#passed === null && performance.now() >= this.#end) this.pass();
    return this.#passed;
  }

  /** Calls back when the time is over; at once where it is already. There is one listener, the last. */
  onPass(listener: (reason: Error) => void): void {
    const { passed } = this;
    this.#onPass = listener;
    if (passed !== null) listener(passed);
  }

  /** A signal that aborts when the time is over. */
  get signal(): AbortSignal {
    const { passed } = this;
    this.#controller ??= new AbortController();
    if (passed !== null) this.#controller.abort(passed);
    return this.#controller.signal;
  }

  /** Must be called once the attempt has ended: nobody is told any more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  /** The time is over. */
  pass(): void {
    if (this.#passed !== null) return;
    this.#passed = new Error(`no answer within ${this.#timeout} ms`);
    this.#onPass?.(this.#passed);
    this.#controller?.abort(this.#passed);
  }
}

function pass(deadline: Deadline): void {
  deadline.pass();
}
