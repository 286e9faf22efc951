/** What a client should know beside its answer: an extra key, and no key where there is nothing to say. */
export function presentNotices(notices: readonly string[]): { notices?: string[] } {
  return notices.length === 0 ? {} : { notices: [...notices] };
}
