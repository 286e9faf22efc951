import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { publicReadPolicy } from '../../../dev/object-store/bucket-policy.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';
import { bucket, createClient, credentials, startStore } from './store-fixture.js';

type StoreProcess = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adminUrl: string | undefined;
};

describe('the object store as a process', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    dataDir = await temporaryFolder('object-store');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = async (): Promise<StoreProcess> => {
    const main = new URL('../../../dev/object-store/main.js', import.meta.url);
    const env = {
      ...process.env,
      OBJECT_STORE_DATA_DIR: dataDir,
      OBJECT_STORE_CREDENTIALS: `${credentials.accessKeyId}:${credentials.secretAccessKey}`,
      OBJECT_STORE_BUCKETS: bucket,
    };
    const args = [main.pathname, '--admin-port', '0', '--minimum-part-size', '1'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { child, ...(JSON.parse(line) as { url: string; adminUrl: string }) };
  };
  const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await exited)[0];
  };
  const put = (client: S3Client, Key: string, Body = Key): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const read = async (client: S3Client, Key: string): Promise<string | undefined> =>
    (await client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
  const keys = async (client: S3Client): Promise<(string | undefined)[]> =>
    ((await client.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key);

  it('listens on both its ports, and stops at SIGTERM', async () => {
    const { child, url, adminUrl } = await start();
    await put(createClient(url), 'a');
    assert.equal((await fetch(`${adminUrl ?? ''}/stats`)).status, 200);
    assert.equal(await end(child, 'SIGTERM'), 0);
  });

  it('keeps all acknowledged writes through a SIGKILL', async () => {
    const first = await start();
    const client = createClient(first.url);
    await put(client, 'kept');
    await put(client, 'replaced', 'old');
    await put(client, 'replaced', 'new');
    await put(client, 'deleted');
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted' }));
    await client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copied \u{1F600}', CopySource: `${bucket}/kept` }));
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: publicReadPolicy(bucket) }));
    const target = { Bucket: bucket, Key: 'multipart' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const part = { ...target, UploadId, PartNumber: 1, Body: 'part' };
    const { ETag } = await client.send(new UploadPartCommand(part));
    await end(first.child, 'SIGKILL');

    const second = createClient((await start()).url);
    assert.deepEqual(await keys(second), ['copied \u{1F600}', 'kept', 'replaced']);
    assert.equal(await read(second, 'replaced'), 'new');
    assert.equal(await read(second, 'copied \u{1F600}'), 'kept');
    const { Policy } = await second.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    assert.equal(Policy, publicReadPolicy(bucket));
    const completion = { ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    await second.send(new CompleteMultipartUploadCommand(completion));
    assert.equal(await read(second, 'multipart'), 'part');
  });

  it('keeps every acknowledged write when a SIGKILL interrupts many', async () => {
    const { child, url } = await start();
    const client = createClient(url);
    const acknowledged: string[] = [];
    const write = async (writer: number): Promise<void> => {
      for (let index = 0; ; index += 1) {
        const key = `${writer}/${index}`;
        await put(client, key);
        acknowledged.push(key);
        if (acknowledged.length === 150) child.kill('SIGKILL');
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, (_, writer) => write(writer)));
    const after = createClient((await start()).url);
    for (const key of acknowledged) assert.equal(await read(after, key), key);
    // A write without an acknowledgement is stored completely or not at all.
    for (const key of await keys(after)) assert.equal(await read(after, key ?? ''), key);
  });

  it('drops a truncated journal line, and continues', async () => {
    const before = await startStore({ dataDir });
    await put(before.client, 'a');
    await before.close();
    appendFileSync(join(dataDir, 'journal.jsonl'), '{"type":"object","bucket":"docs","obj');
    const after = await startStore({ dataDir });
    await put(after.client, 'b');
    await after.close();
    const again = await startStore({ dataDir });
    assert.deepEqual(await keys(again.client), ['a', 'b']);
    await again.close();
  });

  it('deletes unreferenced files at its start', async () => {
    const journal = join(dataDir, 'journal.jsonl');
    const blobs = (): number =>
      readdirSync(join(dataDir, 'blobs'), { recursive: true }).filter((name) => /[0-9a-f]{64}$/.test(String(name)))
        .length;
    const before = await startStore({ dataDir });
    for (let time = 0; time < 10; time += 1) await put(before.client, 'a', `body ${time}`);
    await before.client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'b', CopySource: `${bucket}/a` }));
    assert.equal(blobs(), 10);
    await before.close();
    writeFileSync(join(dataDir, 'blobs', 'incoming', '1'), 'half');
    const after = await startStore({ dataDir });
    assert.equal(blobs(), 1);
    assert.deepEqual(readdirSync(join(dataDir, 'blobs', 'incoming')), []);
    assert.equal(readFileSync(journal, 'utf8').trimEnd().split('\n').length, 3);
    assert.equal(await read(after.client, 'b'), 'body 9');
    await after.close();
  });
});
