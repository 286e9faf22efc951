import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { DeliverEventsInput, EventDelivery, UndeliveredEvent } from './contract.js';
import { stepFailure } from './failures.js';
import { deliverEvent, steps } from './proxies.js';
import { watchSignals } from './signals.js';

/**
 * Tells of an edition's publications one after the other until everything is told, then ends. That one run is open per
 * edition is what keeps their order. An event that is not taken is tried for ever; one that is refused for good is
 * written off, with the reason, and the next has its turn.
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
