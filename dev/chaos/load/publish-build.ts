import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mapEach } from '../../../src/process/limits.js';
import { registeredBuild } from '../../client/answers.js';
import { uploadSite } from '../../client/upload-site.js';
import type { ChaosStack } from '../chaos-stack.js';
import { siteDirectories, siteOf } from '../site.js';
import type { ApiAnswer, ApiClient } from './api-client.js';
import type { World } from './world.js';

/** How a build is made. */
export interface BuildRequest {
  readonly product: string;
  readonly ref: string;
  /** By the presigned forms, or with the store's own credentials. */
  readonly presigned: boolean;
}

/** With it the answer holds presigned forms. */
const presignedUploads = 'application/vnd.ltdkeeper.v2+json';

/** A CI job tries each step again for a while, as ltd-conveyor does. */
const tries = 5;

/** It gives up an upload that takes longer: a store that hangs never answers. Milliseconds. */
const patience = 20_000;

/** What is needed to publish. */
export interface Publisher {
  readonly api: ApiClient;
  readonly store: ChaosStack['store'];
  readonly world: World;
}

/** A build that is registered and uploaded. */
export interface PreparedBuild {
  readonly id: number;
  readonly product: string;
  readonly bucket: string;
  /** Its folder in the bucket. */
  readonly root: string;
}

/**
 * What a CI job does: registers a build, uploads its files, announces it. One that cannot be uploaded is left alone.
 * Answers the build's id where it was announced.
 */
export async function publishBuild(publisher: Publisher, request: BuildRequest): Promise<number | undefined> {
  const build = await prepareBuild(publisher, request);
  if (build === undefined) return undefined;
  return (await completeUpload(publisher, build)) ? build.id : undefined;
}

/** Registers a build and uploads its files. Undefined where that cannot be done. */
export async function prepareBuild(
  { api, store }: Publisher,
  { product, ref, presigned }: BuildRequest,
): Promise<PreparedBuild | undefined> {
  const registered = await api.change({
    verb: 'register',
    product,
    method: 'POST',
    path: `/products/${product}/builds/`,
    body: { git_refs: [ref], directories: siteDirectories },
    headers: presigned ? { accept: presignedUploads } : {},
  });
  if (registered.status !== 201) return undefined;
  const { self_url: url, bucket_name: bucket, bucket_root_dir: root } = registered.body;
  const id = Number(String(url).split('/').at(-1));
  const build = { id, product, bucket: String(bucket), root: String(root) };
  const uploaded = await repeated(() => upload(store, build, presigned ? registered : undefined));
  return uploaded ? build : undefined;
}

/** Announces a build as uploaded. Answers whether that was acknowledged. */
export async function completeUpload(
  { api, world }: Pick<Publisher, 'api' | 'world'>,
  { id, product }: PreparedBuild,
): Promise<boolean> {
  const path = `/builds/${id}`;
  const request = { verb: 'announce', product, method: 'PATCH', path, build: id } as const;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const { status } = await api.change({ ...request, body: { uploaded: true } });
    if (status === 200) {
      world.uploaded.set(product, [...(world.uploaded.get(product) ?? []), id]);
      return true;
    }
  }
  return false;
}

/** By the presigned forms, where there is an answer that holds them. */
async function upload(
  store: ChaosStack['store'],
  { id, bucket, root }: PreparedBuild,
  forms: ApiAnswer | undefined,
): Promise<void> {
  const files = siteOf(id);
  if (forms !== undefined) {
    await uploadSite(registeredBuild.parse(forms.body), files, { concurrency: 4 });
    return;
  }
  await mapEach(files, 4, async ({ path, content, contentType }) => {
    const object = { Bucket: bucket, Key: `${root}/${path}`, ContentType: contentType };
    await store.send(new PutObjectCommand({ ...object, Body: content, Metadata: { note: `of ${path}` } }));
  });
}

async function repeated(work: () => Promise<void>): Promise<boolean> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const done = work().then(
      () => true,
      () => false,
    );
    if (await Promise.race([done, sleep(patience, false)])) return true;
    await sleep(300 * attempt);
  }
  return false;
}
