import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The sender of a request: by token, except for the one who requests a token. */
export const senders = [
  'nobody',
  'admin',
  'admin by password',
  'product admin',
  'edition admin',
  'uploader',
  'deprecator',
] as const;

/** One of {@link senders}. */
export type Sender = (typeof senders)[number];

const expectation = z.strictObject({
  status: z.int(),
  /** The header `Location`; when it is absent, that header may have any value. */
  location: z.string().optional(),
  /** The header `Content-Type`. */
  content_type: z.string().default('application/json'),
  /** JSON with the patterns of match.ts; absent for a body that does not matter. */
  body: z.json().optional(),
});

const request = {
  as: z.enum(senders),
  /** Method and path; `$queue_url` is that of the last answer that had one. */
  send: z.string().regex(/^[A-Z]+ (\/\S*|\$queue_url)$/),
  headers: z.record(z.string(), z.string()).default({}),
  /** Sent as JSON; `$base` is the service's address, `$mebibyte` a text of that size, `$directories` 5,001 names. */
  body: z.json().optional(),
  /** Sent unchanged, in place of `body`. */
  text: z.string().optional(),
};

const step = z.strictObject({ ...request, expect: expectation });

/** A request, and the answer of LTD Keeper 1.x. */
export type Step = z.output<typeof step>;

const recordingFile = z.strictObject({
  recorded_from: z.literal('LTD Keeper 1.23.0'),
  recordings: z.array(z.strictObject({ name: z.string(), steps: z.array(step).min(1) })),
});

/** Requests in sequence, from an empty database. */
export type Recording = z.output<typeof recordingFile>['recordings'][number];

const words = {
  /** The subject of a request. */
  about: z.string(),
  keeper: z.string(),
  here: z.string(),
  why: z.string(),
};

const deviationStep = z.strictObject({ ...request, expect: expectation, keeper: expectation.optional() });

/** A request, our answer, and for a deviation the answer of LTD Keeper 1.x. */
export type DeviationStep = z.output<typeof deviationStep>;

const ownSteps = z
  .array(deviationStep)
  .refine((steps) => steps.some(({ keeper }) => keeper !== undefined), 'no step says what Keeper answers');

/** A step of a recording, counted from 1, for which our answer differs. */
const ofRecording = { recording: z.string(), step: z.int(), expect: expectation };

const deviation = z.union([
  z.strictObject({ ...words, steps: ownSteps }),
  z.strictObject({ ...words, ...ofRecording }),
]);

/** A deliberate difference, in words and as requests that show it. */
export type Deviation = z.output<typeof deviation>;

const deviationFile = z.strictObject({ given: z.array(step), deviations: z.array(deviation) });

/** All deviations, and the requests that precede each. */
export type Deviations = z.output<typeof deviationFile>;

/** Compiled files are in `build/test/conformance`, the data beside the source. */
const folder = new URL('../../../test/conformance/', import.meta.url);

/** All recordings, by file. */
export async function readRecordings(): Promise<ReadonlyMap<string, readonly Recording[]>> {
  const files = (await readdir(new URL('recordings/', folder))).sort();
  const read = files.map(async (file): Promise<[string, readonly Recording[]]> => {
    const { recordings } = recordingFile.parse(await readJson(`recordings/${file}`));
    return [file.replace('.json', ''), recordings];
  });
  return new Map(await Promise.all(read));
}

/** All deviations, in the order of the table in the documentation. */
export async function readDeviations(): Promise<Deviations> {
  return deviationFile.parse(await readJson('deviations.json'));
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(path, folder), 'utf8'));
}
