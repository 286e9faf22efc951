import type { z } from 'zod';
import type { PresignedUploads } from '../../services/ports.js';
import type { registeredBuild } from '../schemas/build.js';

type Posts = Pick<z.input<typeof registeredBuild>, 'post_prefix_urls' | 'post_dir_urls'>;

/** The forms to upload a build with, by directory; no keys where none were asked for. */
export function presentUploads(uploads: PresignedUploads | null): Posts {
  return uploads === null ? {} : { post_prefix_urls: uploads.prefixes, post_dir_urls: uploads.directories };
}
