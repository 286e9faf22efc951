/** The canned ACLs that the service can set on its objects (`LTD_S3_ACL`). */
export const objectAcls = [
  'private',
  'public-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
] as const;

/** One of {@link objectAcls}. */
export type ObjectAcl = (typeof objectAcls)[number];
