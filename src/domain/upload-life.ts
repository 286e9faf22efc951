/**
 * How long the presigned forms of a build are valid, in hours from its registration. Temporary credentials can end them
 * earlier.
 */
export const uploadFormHours = 24;

/** The facts of an upload that its client has not confirmed. */
export interface UploadFacts {
  /** The time of the build's registration. */
  readonly registered: Date;
  /** The time of the newest object; null if there is none. */
  readonly newestObject: Date | null;
  readonly now: Date;
  /** An upload without activity for this long is abandoned. */
  readonly patienceHours: number;
}

/** Whether an upload is abandoned, and when to check an active one again. */
export type UploadVerdict = { readonly kind: 'abandoned' } | { readonly kind: 'alive'; readonly lookAgain: Date };

/** Decides whether an upload is abandoned. */
export function judgeUpload({ registered, newestObject, now, patienceHours }: UploadFacts): UploadVerdict {
  const lastSign = Math.max(registered.getTime(), newestObject?.getTime() ?? 0);
  const deadline = new Date(lastSign + patienceHours * hour);
  return deadline <= now ? { kind: 'abandoned' } : { kind: 'alive', lookAgain: deadline };
}

/** Returns the time from which on a written object proves that the upload is active. */
export function aliveSince({ now, patienceHours }: Pick<UploadFacts, 'now' | 'patienceHours'>): Date {
  return new Date(now.getTime() - patienceHours * hour);
}

/** Milliseconds. */
const hour = 3_600_000;
