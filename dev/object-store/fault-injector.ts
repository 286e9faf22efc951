import type { FaultAction, FaultMatch, FaultRule, FaultRuleInput } from './fault-rule.js';
import { faultRuleSchema } from './fault-rule.js';
import type { Operation } from './operation.js';

/** The properties of a request that rules match. */
export type FaultSubject = {
  readonly method: string;
  readonly operation: Operation;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
};

/** The faults of one request: the delays of all matching rules, and the first other fault. */
export type FaultPlan = {
  readonly delayMs: number;
  /** Pending until the operator removes the rule that holds the request. */
  readonly heldBy: Promise<void> | undefined;
  readonly fault:
    { readonly action: Exclude<FaultAction, { kind: 'delay' | 'hold' }>; readonly rule: FaultRule } | undefined;
};

export type FaultInjector = {
  readonly rules: () => FaultRule[];
  /**
   * Adds a rule, or replaces the one with its id; generates an id when it has none. Throws a ZodError for a bad rule.
   */
  readonly addRule: (rule: Omit<FaultRuleInput, 'id'> & { id?: string | undefined }) => FaultRule;
  /** Removes a rule, and releases the requests that it held. Returns whether it existed. */
  readonly removeRule: (id: string) => boolean;
  readonly clearRules: () => void;
  readonly plan: (subject: FaultSubject) => FaultPlan;
};

type ActiveRule = {
  readonly rule: FaultRule;
  readonly pattern: RegExp | undefined;
  readonly removed: Promise<void>;
  readonly release: () => void;
  seen: number;
  applied: number;
};

const noFaults: FaultPlan = { delayMs: 0, heldBy: undefined, fault: undefined };

/** Creates an injector without rules. `random` gives numbers from 0 to 1. */
export function createFaultInjector(random: () => number): FaultInjector {
  const active = new Map<string, ActiveRule>();
  let made = 0;
  const removeRule = (id: string): boolean => {
    active.get(id)?.release();
    return active.delete(id);
  };
  return {
    rules: () => [...active.values()].map(({ rule }) => rule),
    addRule: (input) => {
      made += 1;
      const rule = faultRuleSchema.parse({ ...input, id: input.id ?? `rule-${made}` });
      removeRule(rule.id);
      active.set(rule.id, activate(rule));
      return rule;
    },
    removeRule,
    clearRules: () => {
      for (const id of [...active.keys()]) removeRule(id);
    },
    plan: (subject) => {
      if (active.size === 0) return noFaults;
      return combine([...active.values()].filter((rule) => applies(rule, subject, random)));
    },
  };
}

function activate(rule: FaultRule): ActiveRule {
  const { keyPattern } = rule.match;
  const pattern = keyPattern === undefined ? undefined : new RegExp(keyPattern, 'u');
  let release = (): void => undefined;
  const removed = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { rule, pattern, removed, release, seen: 0, applied: 0 };
}

function applies(active: ActiveRule, subject: FaultSubject, random: () => number): boolean {
  const { match, times, after = 0, probability } = active.rule;
  if (!matches(match, active.pattern, subject)) return false;
  active.seen += 1;
  if (active.seen <= after || (times !== undefined && active.applied >= times)) return false;
  if (probability !== undefined && random() >= probability) return false;
  active.applied += 1;
  return true;
}

function matches(match: FaultMatch, pattern: RegExp | undefined, subject: FaultSubject): boolean {
  const isKeyMatched =
    pattern === undefined ||
    (subject.key === undefined ? subject.operation === 'DeleteObjects' : pattern.test(subject.key));
  return (
    (match.method === undefined || match.method.toUpperCase() === subject.method) &&
    (match.operation === undefined || match.operation === subject.operation) &&
    (match.bucket === undefined || match.bucket === subject.bucket) &&
    isKeyMatched
  );
}

function combine(applied: readonly ActiveRule[]): FaultPlan {
  let plan = noFaults;
  for (const { rule, removed } of applied) {
    const { action } = rule;
    if (action.kind === 'delay') plan = { ...plan, delayMs: plan.delayMs + action.delayMs };
    else if (action.kind === 'hold') plan = { ...plan, heldBy: plan.heldBy ?? removed };
    else plan = { ...plan, fault: plan.fault ?? { action, rule } };
  }
  return plan;
}
