import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort, isFree, reservePort } from '../../dev/free-port.js';
import { buildRoot, checkout } from '../../scripts/paths.js';
import { isAlive, signalProcess } from '../../dev/process-group.js';
import { ownerVariable } from '../../dev/stack/processes-file.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from '../support/eventually.js';

type Env = Readonly<Record<string, string>>;

/** `make dev` as a process, with its output and its end. */
interface Stack {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

describe('make dev', function () {
  // Eight programs start on a busy machine.
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

  const start = (settings: Env = {}): Stack => {
    const child = spawn(process.execPath, [join(buildRoot, 'dev', 'main.js')], {
      cwd: checkout,
      env: { ...process.env, DEV_DIR: folder, DEV_PORTS: 'auto', MAKELEVEL: undefined, ...settings },
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

  it('starts all programs and prints their addresses', async () => {
    const variables = await untilUp(start());
    assert.equal(await token(variables), 200);
    assert.equal((await fetch(variables['TEMPORAL_UI_URL'] ?? '')).status, 200);
    assert.equal((await fetch(`${variables['LTD_EDGE_URL']}/`)).status, 404);
    assert.equal((await fetch(variables['AWS_ENDPOINT_URL_S3'] ?? '')).status, 403);
    for (const name of ['API_PID', 'WORKER_PID']) assert.equal(isAlive(Number(variables[name])), true, name);
  });

  it('refuses a second stack in the same folder', async () => {
    const second = start();
    assert.equal(await second.ended, 1);
    assert.match(second.said(), /Another stack runs in .*DEV_DIR=/);
  });

  for (const name of ['API_PID', 'WORKER_PID'])
    it(`restarts the process of ${name} after kill -9, and rewrites env`, async () => {
      const pid = Number((await env())[name]);
      signalProcess(pid, 'SIGKILL');
      const next = await eventually('another pid', async () => {
        const now = Number((await env())[name]);
        return now !== pid && isAlive(now) && now;
      });
      assert.notEqual(next, pid);
    });

  it('leaves no process and no port at SIGTERM, and keeps the state', async () => {
    const [stack] = stacks;
    assert.ok(stack);
    const variables = await env();
    stack.child.kill('SIGTERM');
    assert.equal(await stack.ended, 0, stack.said());
    for (const port of portsOf(variables)) assert.equal(await isFree(port), true, `port ${port}`);
    for (const name of ['API_PID', 'WORKER_PID']) assert.equal(isAlive(Number(variables[name])), false, name);
    await assert.rejects(env(), /ENOENT/);
  });

  it('starts again with the same state, after a stop and after kill -9 of itself', async () => {
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

  it('gives API and worker a metrics port each when LTD_METRICS_PORT is set', async () => {
    const port = await twoFreePorts();
    const stack = start({ LTD_METRICS_PORT: String(port) });
    await untilUp(stack);
    const line = `http://127.0.0.1:${port}/metrics (API), http://127.0.0.1:${port + 1}/metrics (worker)`;
    assert.ok(stack.said().includes(line), stack.said());
    const textOf = async (url: string): Promise<string> => (await fetch(url)).text();
    assert.match(await textOf(`http://127.0.0.1:${port}/metrics`), /ltd_http_requests/);
    assert.doesNotMatch(await textOf(`http://127.0.0.1:${port + 1}/metrics`), /ltd_http_requests/);
    stack.child.kill('SIGTERM');
    assert.equal(await stack.ended, 0, stack.said());
  });

  it('fails with the last lines of a program that exits during its start', async () => {
    const port = await twoFreePorts();
    const other = createServer().listen(port + 1, '127.0.0.1');
    const stack = start({ LTD_METRICS_PORT: String(port) });
    assert.equal(await stack.ended, 1, stack.said());
    other.close();
    assert.match(stack.said(), /worker ended while starting \(exit code 1\); its log says:[^]*EADDRINUSE/);
    assert.deepEqual(await leftProcesses(), []);
  });

  for (const program of ['postgres', 'temporal', 'migrate', 'api'])
    it(`stops everything at SIGTERM when ${program} has just been started, and starts nothing more`, async () => {
      // Each stack appends to the logs; a folder of its own shows how far the start came.
      const own = await temporaryFolder('ltd-keeper-dev-test');
      const stack = start({ DEV_DIR: own });
      const log = (name: string): boolean => existsSync(join(own, 'logs', `${name}.log`));
      await eventually(`the log of ${program}`, () => Promise.resolve(log(program)), 60_000);
      stack.child.kill('SIGTERM');
      assert.equal(await stack.ended, 0, stack.said());
      assert.match(stack.said(), /Stopping \(SIGTERM\)[^]*Stopped/);
      assert.doesNotMatch(stack.said(), /The stack is up/);
      // The worker starts directly after the API.
      if (program !== 'api') assert.equal(log('worker'), false);
      assert.deepEqual(await leftProcesses(own), []);
    });

  /** Two consecutive free ports; returns the first. */
  const twoFreePorts = async (): Promise<number> => {
    for (;;) {
      const port = await freePort();
      if ((await reservePort(port + 1)) && (await isFree(port + 1))) return port;
    }
  };

  /** The processes that belong to the stack in a folder. */
  const leftProcesses = async (of = folder): Promise<string[]> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const owners = pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(`${ownerVariable}=${of}`) ? [pid] : [];
    });
    return (await Promise.all(owners)).flat();
  };
});
