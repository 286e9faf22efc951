import { CopyObjectCommand, CreateBucketCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { TestBucket } from './bucket.js';
import type { TestDatabase } from './database.js';
import { testPostgres } from './servers.js';

/** A copy of a database or a bucket that can be restored. */
export interface Backup {
  restore(): Promise<void>;
  /** Deletes the copy. */
  discard(): Promise<void>;
}

/**
 * Copies a whole database within the server, as `createdb --template` does, since PostgreSQL's embedded package has no
 * pg_dump. Ends all connections to it for that moment, and again when it is restored.
 */
export async function backUpDatabase({ name }: TestDatabase): Promise<Backup> {
  const copy = `copy_${randomUUID().replaceAll('-', '')}`;
  await clone(name, copy);
  return {
    restore: async () => {
      await run((quoted) => `DROP DATABASE ${quoted(name)} WITH (FORCE)`);
      await clone(copy, name);
    },
    discard: () => run((quoted) => `DROP DATABASE ${quoted(copy)} WITH (FORCE)`),
  };
}

async function clone(from: string, to: string): Promise<void> {
  await run(
    (_quoted, literal) => `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(from)}`,
  );
  await run((quoted) => `CREATE DATABASE ${quoted(to)} TEMPLATE ${quoted(from)}`);
}

type Statement = (quoted: (name: string) => string, literal: (text: string) => string) => string;

async function run(statement: Statement): Promise<void> {
  const server = await testPostgres();
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    await client.query(statement(client.escapeIdentifier.bind(client), client.escapeLiteral.bind(client)));
  } finally {
    await client.end();
  }
}

/** Copies a whole bucket with its headers to another one. */
export async function backUpBucket(bucket: TestBucket): Promise<Backup> {
  const { client, name } = bucket;
  const copy = `${name}-copy`;
  await client.send(new CreateBucketCommand({ Bucket: copy }));
  const keys = await bucket.keys();
  await copyAll(bucket, keys, { from: name, to: copy });
  return {
    restore: async () => {
      const present = await bucket.keys();
      if (present.length > 0)
        await client.send(
          new DeleteObjectsCommand({ Bucket: name, Delete: { Objects: present.map((Key) => ({ Key })) } }),
        );
      await copyAll(bucket, keys, { from: copy, to: name });
    },
    // It is deleted with the test run, like every bucket.
    discard: () => Promise.resolve(),
  };
}

async function copyAll(
  { client }: TestBucket,
  keys: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  for (const key of keys) {
    const source = `${from}/${key.split('/').map(encodeURIComponent).join('/')}`;
    await client.send(new CopyObjectCommand({ Bucket: to, Key: key, CopySource: source }));
  }
}
