/**
 * What a user may do, as the bits that LTD Keeper stores in its users table. The words are those of
 * `ltd-keeper user create --permissions`.
 */
export const permissionBits = {
  user: 1,
  product: 2,
  edition: 4,
  upload: 8,
  deprecate: 16,
} as const;

/** One permission, by its word. */
export type Permission = keyof typeof permissionBits;

/** Every permission word, in the order of their bits. */
export const permissions = Object.keys(permissionBits) as readonly Permission[]; // the keys of a literal object

/** All five bits: an administrator. */
export const allPermissions = 31;

/** Whether the bits in `granted` include `permission`. */
export function grants(granted: number, permission: Permission): boolean {
  return (granted & permissionBits[permission]) !== 0;
}

/**
 * The bits of a comma-separated list of permission words, or of `all`. White space around words is allowed.
 *
 * @throws {RangeError} naming the first word that is no permission, and those that are.
 */
export function parsePermissions(list: string): number {
  return list
    .split(',')
    .map((word) => word.trim())
    .reduce((bits, word) => bits | bitsOf(word), 0);
}

/** The words of the permissions in `granted`, comma-separated; `all` for every one, `none` for nothing. */
export function formatPermissions(granted: number): string {
  if ((granted & allPermissions) === allPermissions) return 'all';
  return permissions.filter((permission) => grants(granted, permission)).join(',') || 'none';
}

function bitsOf(word: string): number {
  if (word === 'all') return allPermissions;
  if (isPermission(word)) return permissionBits[word];
  throw new RangeError(`'${word}' is no permission. Use any of ${permissions.join(', ')}, or all.`);
}

function isPermission(word: string): word is Permission {
  return Object.hasOwn(permissionBits, word);
}
