/** How a pool is bounded and stopped. */
export interface PoolOptions {
  /** Tasks at a time. */
  readonly concurrency: number;
  /** When it aborts nothing new begins; tasks under way are left to end. */
  readonly signal: AbortSignal;
}

/**
 * Runs tasks a few at a time for one producer. After the first failure, or when the signal aborts, it takes no more.
 * Nobody is told before everything under way has ended: see {@link Pool.drain}.
 */
export class Pool {
  readonly #options: PoolOptions;
  #running = 0;
  #failure: { readonly error: unknown } | null = null;
  /** Called when the next task ends. */
  #waiting: (() => void)[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Whether a task has to wait until another has ended. */
  get isFull(): boolean {
    return this.#running >= this.#options.concurrency;
  }

  /**
   * Throws the reason of the abort or the first failure, if there is one. Also the gate of every request that a task
   * sends: what goes on after a failure elsewhere would only be thrown away.
   */
  assertOpen(): void {
    this.#options.signal.throwIfAborted();
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Begins a task as soon as there is room for it. Resolves when it has begun, not when it has ended. */
  async start(task: () => Promise<unknown>): Promise<void> {
    if (this.isFull) await this.untilRoom();
    this.begin(task);
  }

  /** Resolves when there is room for a task. */
  async untilRoom(): Promise<void> {
    while (this.isFull) await this.nextSettled();
  }

  /** Begins a task now; the caller has seen that the pool is not full. */
  begin(task: () => Promise<unknown>): void {
    this.assertOpen();
    this.#running += 1;
    task().then(this.#end, this.#fail);
  }

  /** Resolves when the next of the running tasks has ended; at once when none runs. */
  async nextSettled(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Resolves when nothing runs any more, whatever became of it. */
  async drain(): Promise<void> {
    while (this.#running > 0) await this.nextSettled();
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#end();
  };

  readonly #end = (): void => {
    this.#running -= 1;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  };
}
