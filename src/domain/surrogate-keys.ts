/**
 * A surrogate key, by which the CDN is told what to purge: the 32 hexadecimal digits of a UUID, in lower case.
 *
 * @throws {RangeError} for what is no UUID.
 */
export function surrogateKey(uuid: string): string {
  const key = uuid.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(key)) throw new RangeError(`'${uuid}' is no UUID`);
  return key;
}
