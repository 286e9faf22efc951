/**
 * Orders two object keys as S3's listings do, by the bytes of their UTF-8 form: negative when `a` comes first, zero
 * when they are equal. JavaScript's `<` compares UTF-16 code units, which differs from it above U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** A UTF-16 code unit's place in UTF-8 byte order: surrogates stand for U+10000 and up, so above U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
