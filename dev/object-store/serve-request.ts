import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorize } from './authorize.js';
import type { S3Response, Store } from './exchange.js';
import type { FaultInjector, FaultPlan } from './fault-injector.js';
import type { InjectedAnswer } from './fault-rule.js';
import { operationHandlers } from './operation-handlers.js';
import type { RateLimiter } from './rate-limiter.js';
import type { LoggedRequest, RequestLog } from './request-log.js';
import { errorDocument, errorResponse, respond } from './respond.js';
import { S3Error } from './s3-error.js';
import { readRequest, type S3Request } from './s3-request.js';

/** The parts of the store that handle each request. */
export type RequestPipeline = {
  readonly store: Store;
  readonly injector: FaultInjector;
  readonly limiter: RateLimiter;
  readonly log: RequestLog;
  /** Milliseconds that every request waits first. */
  readonly latencyMs: () => number;
  readonly nextRequestId: () => string;
};

/** The end of a request: an answer, a cut connection, or no answer. */
type Outcome =
  | { readonly kind: 'answer'; readonly answer: S3Response; readonly isCutShort: boolean }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' };

/** Serves one request until its answer is sent. Never rejects. */
export async function serveRequest(
  pipeline: RequestPipeline,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = readOrRefuse(message);
  let keys: readonly string[] | undefined;
  const logAnswer = pipeline.log.begin(loggedRequest(message, request));
  const outcome = await outcomeOf(pipeline, request, (noted) => (keys = noted)).catch((error: unknown): Outcome =>
    // A client that left in the middle of its body gets no answer.
    message.destroyed && !message.complete
      ? { kind: 'reset' }
      : { kind: 'answer', answer: errorResponse(error, resourceOf(message)), isCutShort: false },
  );
  if (outcome.kind === 'hang') {
    response.once('close', () => {
      logAnswer(0, keys);
    });
    return;
  }
  logAnswer(outcome.kind === 'answer' ? outcome.answer.status : 0, keys);
  if (outcome.kind === 'reset') {
    message.socket.resetAndDestroy();
    return;
  }
  await send(pipeline, { message, response }, outcome);
  // The rest of a refused body would block the connection's next request.
  message.resume();
}

async function send(
  { store, nextRequestId }: RequestPipeline,
  { message, response }: { message: IncomingMessage; response: ServerResponse },
  { answer, isCutShort }: Extract<Outcome, { kind: 'answer' }>,
): Promise<void> {
  const now = store.now();
  const method = message.method ?? 'GET';
  const options = { blobs: store.blobs, now, method, requestId: nextRequestId(), isCutShort };
  await respond(response, answer, options).catch(async (error: unknown) => {
    if (response.headersSent) response.destroy();
    else await respond(response, errorResponse(error, resourceOf(message)), options);
  });
}

function resourceOf(message: IncomingMessage): string {
  return message.url?.split('?')[0] ?? '/';
}

function readOrRefuse(message: IncomingMessage): S3Request | { readonly refusal: unknown } {
  try {
    return readRequest(message);
  } catch (refusal) {
    return { refusal };
  }
}

function loggedRequest(message: IncomingMessage, request: S3Request | { refusal: unknown }): LoggedRequest {
  if ('refusal' in request) return { method: message.method ?? 'GET', operation: 'Unknown' };
  const userAgent = message.headers['user-agent'];
  const { method, operation, target } = request;
  const source = request.header('x-amz-copy-source');
  return {
    method,
    operation,
    ...(source === undefined ? {} : { source }),
    ...(target.bucket === undefined ? {} : { bucket: target.bucket }),
    ...(target.key === undefined ? {} : { key: target.key }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

async function outcomeOf(
  pipeline: RequestPipeline,
  request: S3Request | { readonly refusal: unknown },
  noteKeys: (keys: readonly string[]) => void,
): Promise<Outcome> {
  if ('refusal' in request) throw request.refusal;
  const { operation, method, target } = request;
  const plan = pipeline.injector.plan({ method, operation, bucket: target.bucket, key: target.key });
  const delayMs = pipeline.latencyMs() + plan.delayMs;
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (plan.heldBy !== undefined) await plan.heldBy;
  if (!pipeline.limiter.admit(operation)) throw new S3Error('SlowDown');
  const action = plan.fault?.action;
  if (action?.kind === 'hang') return { kind: 'hang' };
  if (action?.kind === 'reset' && action.when === 'before-work') return { kind: 'reset' };
  if (action?.kind === 'error') {
    const { status, code, message = 'Injected by a fault rule.' } = action;
    const answer = errorDocument({ status, code, message }, { Resource: target.path });
    return { kind: 'answer', answer, isCutShort: false };
  }
  const answer = await answerOf(pipeline.store, request, { injected: injectedAnswer(plan), noteKeys });
  if (action?.kind === 'reset' && action.when === 'after-work') return { kind: 'reset' };
  return { kind: 'answer', answer, isCutShort: action?.kind === 'reset' };
}

function answerOf(
  store: Store,
  request: S3Request,
  fault: { injected: InjectedAnswer; noteKeys: (keys: readonly string[]) => void },
): S3Response | Promise<S3Response> {
  const caller = store.authenticator.authenticate(request);
  authorize(store, request, caller);
  return operationHandlers[request.operation]({ store, request, caller, ...fault });
}

function injectedAnswer({ fault }: FaultPlan): InjectedAnswer {
  if (fault === undefined) return {};
  switch (fault.action.kind) {
    case 'errorIn200': {
      const pattern = new RegExp(fault.rule.match.keyPattern ?? '', 'u');
      return { errorIn200: { code: fault.action.code, hitsKey: (key) => pattern.test(key) } };
    }
    case 'truncateList':
      return { truncateList: fault.action.keys };
    case 'repeatPage':
      return { repeatPage: true };
    case 'error':
    case 'hang':
    case 'reset':
      return {};
    default:
      throw new Error(`Unknown fault: ${JSON.stringify(fault.action satisfies never)}`);
  }
}
