import type { Server } from 'node:http';

/** A little less than the 30 s that Kubernetes gives a process to end. Milliseconds. */
export const maxDrain = 25_000;

/** How often connections are looked at that have become idle. Milliseconds. */
const sweepInterval = 100;

/**
 * Stops taking requests and answers those that are being worked on. After 25 seconds what is left is cut, and the
 * answer is false.
 */
export async function drain(server: Server, limit = maxDrain): Promise<boolean> {
  let whole = true;
  const deadline = setTimeout(() => {
    whole = false;
    server.closeAllConnections();
  }, limit);
  // A kept-alive connection would otherwise be held open by its client, after its last answer, for as long as we let it.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, sweepInterval);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(deadline);
  clearInterval(sweep);
  return whole;
}
