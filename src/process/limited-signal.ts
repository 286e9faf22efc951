/** A signal with a time limit. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** Must be called once what it is for has ended: then nothing aborts it any more. */
  readonly end: () => void;
}

/**
 * A signal that aborts with `source`, for its reason, or after so many milliseconds, with an error that says so.
 *
 * Not `AbortSignal.any` of an `AbortSignal.timeout`: nobody holds on to the latter, so it may be collected as garbage
 * and then never aborts anything (nodejs/node#57736).
 */
export function limitedSignal(milliseconds: number, source?: AbortSignal): LimitedSignal {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(source?.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new Error(`no answer within ${milliseconds} ms`));
  }, milliseconds);
  source?.addEventListener('abort', follow, { once: true });
  if (source?.aborted === true) follow();
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      source?.removeEventListener('abort', follow);
    },
  };
}
