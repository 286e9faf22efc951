import type { FaultRuleInput } from '../../object-store/fault-rule.js';
import type { Fault } from './fault.js';
import type { storeFaults } from './fault-kinds.js';
import { orUndo } from './or-undo.js';

type Rule = Omit<FaultRuleInput, 'id'>;

/** What needs room. */
const writing = [
  'CopyObject',
  'PutObject',
  'PostObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
] as const;

const noBucket: readonly Rule[] = [{ action: { kind: 'error', status: 404, code: 'NoSuchBucket' } }];

const rules: Readonly<Record<(typeof storeFaults)[number], readonly Rule[]>> = {
  'the store says SlowDown': [{ action: { kind: 'error', status: 503, code: 'SlowDown' }, probability: 0.5 }],
  'the store answers 500': [{ action: { kind: 'error', status: 500, code: 'InternalError' }, probability: 0.3 }],
  'the store cuts connections': [
    { action: { kind: 'reset', when: 'after-work' }, probability: 0.1 },
    { action: { kind: 'reset', when: 'before-work' }, probability: 0.1 },
    { action: { kind: 'reset', when: 'mid-body' }, probability: 0.1 },
  ],
  'the store does not answer': [{ action: { kind: 'hang' }, probability: 0.1 }],
  'the store answers 200 with an error': [
    { match: { operation: 'CopyObject' }, action: { kind: 'errorIn200' }, probability: 0.3 },
    { match: { operation: 'DeleteObjects' }, action: { kind: 'errorIn200' }, probability: 0.5 },
    { match: { operation: 'CompleteMultipartUpload' }, action: { kind: 'errorIn200' }, probability: 0.5 },
  ],
  'the store lists slowly': [{ match: { operation: 'ListObjectsV2' }, action: { kind: 'delay', delayMs: 3_000 } }],
  'the store lists short pages': [{ match: { operation: 'ListObjectsV2' }, action: { kind: 'truncateList', keys: 7 } }],
  'the store repeats pages': [
    { match: { operation: 'ListObjectsV2' }, action: { kind: 'repeatPage' }, probability: 0.3 },
    { match: { operation: 'ListObjectsV2' }, action: { kind: 'truncateList', keys: 7 } },
  ],
  'the store denies access': [{ action: { kind: 'error', status: 403, code: 'AccessDenied' } }],
  'the store denies access to a key': [
    {
      match: { keyPattern: '/v/[^/]+/chapters/chapter-2' },
      action: { kind: 'error', status: 403, code: 'AccessDenied' },
    },
  ],
  'the bucket is gone': noBucket,
  'the bucket is missing for long': noBucket,
  // As MinIO answers. What is removed makes room again.
  'the store is full': writing.map((operation) => ({
    match: { operation },
    action: { kind: 'error', status: 507, code: 'XMinioStorageFull' },
  })),
};

/** Tells the store's injector to misbehave; at the end, that it is over. A store that was killed has forgotten it. */
export function storeFault(kind: (typeof storeFaults)[number]): Fault {
  return async ({ injector }) => {
    const ids = rules[kind].map((_, index) => `${kind} ${index + 1}`);
    const end = async (): Promise<void> => {
      const there = (await injector('GET', '/rules')) as readonly { readonly id: string }[]; // the injector's own list
      for (const { id } of there) if (ids.includes(id)) await injector('DELETE', `/rules/${encodeURIComponent(id)}`);
    };
    await orUndo(async () => {
      for (const [index, rule] of rules[kind].entries()) await injector('POST', '/rules', { ...rule, id: ids[index] });
    }, end);
    return { detail: `${ids.length} rules`, end };
  };
}
