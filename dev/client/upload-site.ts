import type { RegisteredBuild, UploadForm } from './answers.js';
import { mapEach } from '../../src/process/limits.js';
import { directoryOf, type SiteFile } from './site-file.js';

export interface UploadOptions {
  /** The most requests in flight. @default 8 */
  readonly concurrency?: number;
  /** Called after each file. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Uploads a site to a build by its presigned forms: every file, and a redirect object for every directory. Needs no
 * credentials of the store. @throws {Error} with the store's answer when it refuses one.
 */
export async function uploadSite(
  build: RegisteredBuild,
  files: readonly SiteFile[],
  options: UploadOptions = {},
): Promise<void> {
  const { concurrency = 8, onProgress } = options;
  let done = 0;
  await mapEach(files, concurrency, async (file) => {
    await postFile(formOf(build.post_prefix_urls, directoryOf(file.path)), file);
    done += 1;
    onProgress?.(done, files.length);
  });
  await mapEach(Object.values(build.post_dir_urls), concurrency, postDirectory);
}

function formOf(forms: RegisteredBuild['post_prefix_urls'], directory: string): UploadForm {
  const form = forms[directory];
  if (form === undefined) throw new Error(`The API gave no upload form for the directory ${directory}`);
  return form;
}

async function postFile(form: UploadForm, { path, contentType, content }: SiteFile): Promise<void> {
  const body = filled(form);
  body.append('Content-Type', contentType);
  // The store takes the key's last part from the file's name.
  body.append('file', new File([content], path.slice(path.lastIndexOf('/') + 1)));
  await post(form.url, path, body);
}

async function postDirectory(form: UploadForm): Promise<void> {
  const body = filled(form);
  body.append('file', new File([], ''));
  await post(form.url, form.fields['key'] ?? '', body);
}

/** The signed fields in order; the file must come last. */
function filled({ fields }: UploadForm): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
}

async function post(url: string, what: string, body: FormData): Promise<void> {
  const response = await fetch(url, { method: 'POST', body });
  const text = await response.text();
  if (response.status === 204) return;
  throw new Error(`The upload of ${what} was answered ${response.status}: ${text.slice(0, 500)}`);
}
