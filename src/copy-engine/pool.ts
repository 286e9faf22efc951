import { deferred } from './deferred.js';

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
  #settled = deferred();

  constructor(options: PoolOptions) {
    this.#options = options;
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
  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running >= this.#options.concurrency) await this.nextSettled();
    this.assertOpen();
    this.#running += 1;
    void this.#run(task);
  }

  /** Resolves when the next of the running tasks has ended; at once when none runs. */
  async nextSettled(): Promise<void> {
    if (this.#running > 0) await this.#settled.promise;
  }

  /** Resolves when nothing runs any more, whatever became of it. */
  async drain(): Promise<void> {
    while (this.#running > 0) await this.#settled.promise;
  }

  async #run(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running -= 1;
      const { resolve } = this.#settled;
      this.#settled = deferred();
      resolve();
    }
  }
}
