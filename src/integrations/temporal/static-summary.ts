/** What the Web UI shows beside a run. Temporal takes 200 bytes of it; slugs can be longer than that. */
export function staticSummary(text: string): string {
  return Buffer.byteLength(text) <= 200 ? text : `${text.slice(0, 150)}…`;
}
