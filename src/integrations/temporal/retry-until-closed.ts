import {
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  type GrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;

/**
 * The client's own retries, until its connection is closed. They run from timers, which closing does not stop: on a
 * closed connection such a call throws where nobody can catch it, and that ends the process.
 */
export function retryUntilClosed(
  isClosed: () => boolean,
  options: GrpcRetryOptions = defaultGrpcRetryOptions(),
): Interceptor {
  const retry = makeGrpcRetryInterceptor(options);
  return (callOptions, nextCall) => {
    let attempts = 0;
    return retry(callOptions, (attemptOptions) => {
      attempts += 1;
      return attempts > 1 && isClosed() ? nothing : nextCall(attemptOptions);
    });
  };
}

/** In the place of a call that nobody waits for any more: it never answers. */
const nothing: Call = {
  start: () => undefined,
  sendMessage: () => undefined,
  sendMessageWithContext: () => undefined,
  startRead: () => undefined,
  halfClose: () => undefined,
  cancelWithStatus: () => undefined,
  getPeer: () => '',
  getAuthContext: () => null,
};
