/** Aborted at the first SIGTERM or SIGINT; the second ends the process as if nobody listened. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      controller.abort(new Error(name));
    });
  return controller.signal;
}
