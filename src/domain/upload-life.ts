/**
 * How long the forms of a build accept uploads, in hours from its registration: a client posts its directories last.
 * Temporary credentials end the forms earlier.
 */
export const uploadFormHours = 24;

/** What is known of an upload that nobody has said to be done. */
export interface UploadFacts {
  /** When the build was registered. */
  readonly registered: Date;
  /** When the newest of its objects was written; null where there is none. */
  readonly newestObject: Date | null;
  readonly now: Date;
  /** Without a sign of life for this long an upload is given up for dead. */
  readonly patienceHours: number;
}

/** What is to be made of an upload. */
export type UploadVerdict =
  { readonly kind: 'abandoned' } | { readonly kind: 'alive'; readonly lookAgain: Date };

/** Whether an upload is dead; one that is alive is to be looked at again when it may be. */
export function judgeUpload({ registered, newestObject, now, patienceHours }: UploadFacts): UploadVerdict {
  const lastSign = Math.max(registered.getTime(), newestObject?.getTime() ?? 0);
  const deadline = new Date(lastSign + patienceHours * hour);
  return deadline <= now ? { kind: 'abandoned' } : { kind: 'alive', lookAgain: deadline };
}

/** Objects written after this are a sign that the upload is alive. */
export function aliveSince({ now, patienceHours }: Pick<UploadFacts, 'now' | 'patienceHours'>): Date {
  return new Date(now.getTime() - patienceHours * hour);
}

/** Milliseconds. */
const hour = 3_600_000;
