import type { z } from 'zod';
import type { PresignedPost, PresignedUploads } from '../../services/ports.js';
import type { registeredBuild } from '../schemas/build.js';

type Posts = Pick<z.input<typeof registeredBuild>, 'post_prefix_urls' | 'post_dir_urls'>;

/** The forms to upload a build with, by directory; no keys where none were asked for. */
export function presentUploads(uploads: PresignedUploads | null): Posts {
  if (uploads === null) return {};
  return {
    post_prefix_urls: presentPosts(uploads.prefixes),
    post_dir_urls: presentPosts(uploads.directories),
  };
}

function presentPosts(posts: Readonly<Record<string, PresignedPost>>): Posts['post_dir_urls'] {
  return Object.fromEntries(
    Object.entries(posts).map(([directory, { url, fields }]) => [directory, { url, fields: { ...fields } }]),
  );
}
