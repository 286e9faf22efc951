import { setTimeout as sleep } from 'node:timers/promises';
import { launchApi, untilApiListens } from './api-process.js';
import { sendRequest, type TestKeeper } from './keeper.js';
import { keeperEnvironment } from './keeper-environment.js';

/**
 * Starts this many API processes for the keeper, and returns the keeper with requests that go to them in turn. A 503
 * with Retry-After is repeated, as clients do. The processes stop when the keeper is closed.
 */
export async function withApiProcesses(keeper: TestKeeper, count: number): Promise<TestKeeper> {
  const variables = { ...keeperEnvironment(keeper), LTD_KEEPER_SECRET_KEY: keeper.signingKey };
  const launched = await Promise.all(Array.from({ length: count }, () => launchApi(variables)));
  keeper.cleanUp.push(async () => {
    await Promise.all(launched.map((one) => one.stop()));
  });
  const urls = (await Promise.all(launched.map(untilApiListens))).map(({ url }) => url);
  let sent = 0;
  const request: TestKeeper['request'] = async (method, path, body) => {
    sent += 1;
    const to = { baseUrl: urls[sent % count] ?? '', token: keeper.token };
    const answer = await sendRequest(to, { method, path, body });
    if (answer.status !== 503) return answer;
    await sleep(1_000);
    return request(method, path, body);
  };
  return { ...keeper, request };
}
