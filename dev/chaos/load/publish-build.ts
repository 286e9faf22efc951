import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { eachOf } from '../../client/each-of.js';
import { registeredBuild } from '../../client/answers.js';
import { directoriesOf } from '../../client/site-file.js';
import { uploadSite } from '../../client/upload-site.js';
import type { ChaosStack } from '../chaos-stack.js';
import { siteOf, sitePaths } from '../site.js';
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

/**
 * What a CI job does: registers a build, uploads its files, announces it. One that cannot be uploaded is left alone.
 * Answers the build's id where it was announced.
 */
export async function publishBuild(
  { api, stack, world }: { readonly api: ApiClient; readonly stack: ChaosStack; readonly world: World },
  { product, ref, presigned }: BuildRequest,
): Promise<number | undefined> {
  const registered = await api.change({
    verb: 'register',
    product,
    method: 'POST',
    path: `/products/${product}/builds/`,
    body: { git_refs: [ref], directories: directoriesOf(sitePaths.map((path) => ({ path }))) },
    headers: presigned ? { accept: presignedUploads } : {},
  });
  if (registered.status !== 201) return undefined;
  const id = Number(String(registered.body['self_url']).split('/').at(-1));
  const uploaded = await repeated(() => upload(stack, id, { presigned, answer: registered }));
  if (!uploaded) return undefined;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const path = `/builds/${id}`;
    const body = { uploaded: true };
    const { status } = await api.change({
      verb: 'announce',
      product,
      method: 'PATCH',
      path,
      body,
      build: id,
    });
    if (status === 200) {
      world.uploaded.set(product, [...(world.uploaded.get(product) ?? []), id]);
      return id;
    }
  }
  return undefined;
}

async function upload(
  { store }: ChaosStack,
  id: number,
  { presigned, answer }: { readonly presigned: boolean; readonly answer: ApiAnswer },
): Promise<void> {
  const files = siteOf(id);
  if (presigned) {
    await uploadSite(registeredBuild.parse(answer.body), files, { concurrency: 4 });
    return;
  }
  const { bucket_name: bucket, bucket_root_dir: root } = answer.body;
  await eachOf(files, 4, async ({ path, content, contentType }) => {
    const object = { Bucket: String(bucket), Key: `${String(root)}/${path}`, ContentType: contentType };
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
