/** Keeps this process from doing anything for so many milliseconds: neither timers nor answers are looked at. */
export function freeze(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
