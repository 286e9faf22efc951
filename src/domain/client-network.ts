/**
 * The network that whoever has this address can be taken to own: an IPv4 address is one, of IPv6 the first 64 bits are,
 * for any customer gets as many. What is no address stands for itself.
 */
export function clientNetwork(address: string): string {
  const bare = address.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/%.*$/, '');
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i.exec(bare)?.[1];
  if (v4 !== undefined) return v4;
  return bare.includes(':') ? `${firstGroups(bare).join(':')}::/64` : bare;
}

/** The first four of an IPv6 address's eight groups, in their shortest form. */
function firstGroups(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
}
