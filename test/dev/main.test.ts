import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFree } from '../../dev/free-port.js';
import { buildRoot, checkout } from '../../dev/paths.js';
import { isAlive, signalProcess } from '../../dev/process-group.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from '../support/eventually.js';

type Env = Readonly<Record<string, string>>;

/** `make dev` as a process: what it says, and its end. */
interface Stack {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

describe('make dev', function () {
  // Eight programs start on a machine that may be busy.
  this.timeout(180_000);
  let folder: string;
  const stacks: Stack[] = [];

  before(async () => {
    folder = await temporaryFolder('ltd-keeper-dev-test');
  });

  after(async () => {
    for (const { child } of stacks) child.kill('SIGKILL');
    await Promise.all(stacks.map(({ ended }) => ended));
  });

  const start = (): Stack => {
    const child = spawn(process.execPath, [join(buildRoot, 'dev', 'main.js')], {
      cwd: checkout,
      env: { ...process.env, DEV_DIR: folder, DEV_PORTS: 'auto', MAKELEVEL: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    const stack = { child, said: () => output, ended };
    stacks.push(stack);
    return stack;
  };
  const env = async (): Promise<Env> => {
    const lines = (await readFile(join(folder, 'env'), 'utf8')).trimEnd().split('\n');
    const entries = lines.map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    return Object.fromEntries(entries);
  };
  const untilUp = async (stack: Stack): Promise<Env> => {
    const settled = (): boolean => stack.child.exitCode !== null || stack.said().includes('The stack is up.');
    await eventually('the stack to be up', () => Promise.resolve(settled()), 120_000);
    assert.equal(stack.child.exitCode, null, stack.said());
    return env();
  };
  const portsOf = (variables: Env): number[] =>
    Object.values(variables).flatMap((value) => {
      const port = /127\.0\.0\.1:(\d+)/.exec(value)?.[1];
      return port === undefined ? [] : [Number(port)];
    });
  const token = async (variables: Env): Promise<number> => {
    const login = Buffer.from(`${variables['LTD_USERNAME']}:${variables['LTD_PASSWORD']}`).toString('base64');
    const answer = await fetch(`${variables['LTD_KEEPER_URL']}/token`, {
      headers: { Authorization: `Basic ${login}` },
    });
    await answer.arrayBuffer();
    return answer.status;
  };

  it('brings everything up, and says where', async () => {
    const variables = await untilUp(start());
    assert.equal(await token(variables), 200);
    assert.equal((await fetch(variables['TEMPORAL_UI_URL'] ?? '')).status, 200);
    assert.equal((await fetch(`${variables['LTD_EDGE_URL']}/`)).status, 404);
    assert.equal((await fetch(variables['AWS_ENDPOINT_URL_S3'] ?? '')).status, 403);
    for (const name of ['API_PID', 'WORKER_PID']) assert.equal(isAlive(Number(variables[name])), true, name);
  });

  it('lets no second stack use the same folder', async () => {
    const second = start();
    assert.equal(await second.ended, 1);
    assert.match(second.said(), /Another stack runs in .*DEV_DIR=/);
  });

  for (const name of ['API_PID', 'WORKER_PID'])
    it(`starts the process of ${name} again after kill -9, and rewrites env`, async () => {
      const pid = Number((await env())[name]);
      signalProcess(pid, 'SIGKILL');
      const next = await eventually('another pid', async () => {
        const now = Number((await env())[name]);
        return now !== pid && isAlive(now) && now;
      });
      assert.notEqual(next, pid);
    });

  it('leaves no process and no port behind at SIGTERM, and the state in place', async () => {
    const [stack] = stacks;
    assert.ok(stack);
    const variables = await env();
    stack.child.kill('SIGTERM');
    assert.equal(await stack.ended, 0, stack.said());
    for (const port of portsOf(variables)) assert.equal(await isFree(port), true, `port ${port}`);
    for (const name of ['API_PID', 'WORKER_PID']) assert.equal(isAlive(Number(variables[name])), false, name);
    await assert.rejects(env(), /ENOENT/);
  });

  it('starts again on the same state, after a stop and after kill -9 of itself', async () => {
    const second = start();
    const variables = await untilUp(second);
    assert.equal(await token(variables), 200);
    second.child.kill('SIGKILL');
    await second.ended;
    const third = start();
    assert.equal((await untilUp(third))['LTD_PASSWORD'], variables['LTD_PASSWORD']);
    for (const port of portsOf(variables)) assert.equal(await isFree(port), true, `port ${port}`);
    third.child.kill('SIGINT');
    assert.equal(await third.ended, 0, third.said());
  });
});
