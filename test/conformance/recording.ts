import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';

/** Who sends a request: by token, but for the one who asks for a token. */
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
  /** Of the header `Location`; where it is absent that header may be anything. */
  location: z.string().optional(),
  /** Of the header `Content-Type`. */
  content_type: z.string().default('application/json'),
  /** JSON with the patterns of match.ts; absent for a body that does not matter. */
  body: z.json().optional(),
});

const request = {
  as: z.enum(senders),
  /** Method and path; for `$queue_url` that of the last answer which had one. */
  send: z.string().regex(/^[A-Z]+ (\/\S*|\$queue_url)$/),
  headers: z.record(z.string(), z.string()).default({}),
  /** Sent as JSON; `$base` is the service's address, `$mebibyte` so much text, `$directories` 5,001 names. */
  body: z.json().optional(),
  /** Sent as it is, in the place of `body`. */
  text: z.string().optional(),
};

const step = z.strictObject({ ...request, expect: expectation });

/** A request, and the answer that LTD Keeper gave. */
export type Step = z.output<typeof step>;

const recordingFile = z.strictObject({
  recorded_from: z.literal('LTD Keeper 1.23.0'),
  recordings: z.array(z.strictObject({ name: z.string(), steps: z.array(step).min(1) })),
});

/** Requests that follow each other, from an empty database. */
export type Recording = z.output<typeof recordingFile>['recordings'][number];

const words = {
  /** What a request is about. */
  about: z.string(),
  keeper: z.string(),
  here: z.string(),
  why: z.string(),
};

const deviationStep = z.strictObject({ ...request, expect: expectation, keeper: expectation.optional() });

/** A request, our answer, and at the place of a deviation the answer of LTD Keeper. */
export type DeviationStep = z.output<typeof deviationStep>;

const ownSteps = z
  .array(deviationStep)
  .refine((steps) => steps.some(({ keeper }) => keeper !== undefined), 'no step says what Keeper answers');

/** A step of a recording, counted from 1, where our answer is another. */
const ofRecording = { recording: z.string(), step: z.int(), expect: expectation };

const deviation = z.union([
  z.strictObject({ ...words, steps: ownSteps }),
  z.strictObject({ ...words, ...ofRecording }),
]);

/** A difference that is on purpose: in words, and as requests that show it. */
export type Deviation = z.output<typeof deviation>;

const deviationFile = z.strictObject({ given: z.array(step), deviations: z.array(deviation) });

/** All deviations, and what is sent before the requests of each. */
export type Deviations = z.output<typeof deviationFile>;

/** Compiled files lie in `build/test/conformance`, the data beside the source. */
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
