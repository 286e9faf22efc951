/**
 * The permissions as the bits that LTD Keeper 1.x stores in its users table. The words are those of
 * `ltd-keeper user create --permissions`.
 */
export const permissionBits = {
  user: 1,
  product: 2,
  edition: 4,
  upload: 8,
  deprecate: 16,
} as const;

/** The word for one permission. */
export type Permission = keyof typeof permissionBits;

/** All permission words, in the order of their bits. */
export const permissions = Object.keys(permissionBits) as readonly Permission[]; // the keys of a literal object

/** All five bits: an administrator. */
export const allPermissions = 31;

/** Whether the bits in `granted` include `permission`. */
export function grants(granted: number, permission: Permission): boolean {
  return (granted & permissionBits[permission]) !== 0;
}

/**
 * Parses a comma-separated list of permission words, or `all`, to bits. White space around words is allowed.
 *
 * @throws {RangeError} with the first unknown word and the known ones.
 */
export function parsePermissions(list: string): number {
  return list
    .split(',')
    .map((word) => word.trim())
    .reduce((bits, word) => bits | bitsOf(word), 0);
}

/** Formats permission bits as comma-separated words, or as `all` or `none`. */
export function formatPermissions(granted: number): string {
  if ((granted & allPermissions) === allPermissions) return 'all';
  return permissions.filter((permission) => grants(granted, permission)).join(',') || 'none';
}

function bitsOf(word: string): number {
  if (word === 'all') return allPermissions;
  if (isPermission(word)) return permissionBits[word];
  throw new RangeError(`'${word}' is not a permission. Use any of ${permissions.join(', ')}, or all.`);
}

function isPermission(word: string): word is Permission {
  return Object.hasOwn(permissionBits, word);
}
