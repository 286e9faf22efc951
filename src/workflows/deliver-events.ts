import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { DeliverEventsInput, EventDelivery, UndeliveredEvent } from './contract.js';
import { stepFailure } from './failures.js';
import { deliverEvent, steps } from './proxies.js';
import { watchSignals } from './signals.js';

/**
 * Delivers the events of an edition one after the other until none is left. Each edition has at most one open run,
 * which keeps their order. The worker retries an event without end. It gives up one that the receiver refuses for good,
 * stores the reason, and goes on with the next.
 */
export async function DeliverEvents({ editionId }: DeliverEventsInput): Promise<void> {
  const signals = watchSignals();
  for (;;) {
    signals.forget();
    const event = await steps.nextEvent(editionId);
    if (event === null) {
      if (signals.seen()) continue;
      return;
    }
    await steps.finishEvent(event.id, await deliver(event));
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof DeliverEvents>({ editionId });
  }
}

async function deliver({ id, payload }: UndeliveredEvent): Promise<EventDelivery> {
  try {
    await deliverEvent(payload, id);
    return { outcome: 'delivered' };
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    return { outcome: 'rejected', error: failure.message };
  }
}
