import { z } from 'zod';
import { exampleBuild, examplePost, exampleQueueUrl } from './examples.js';
import { date, flag, gitRefs, notices, pathSlug, queueUrl, surrogateKey, text, texts, url } from './fields.js';

/** What is counted of an upload. */
const amount = z.int().nonnegative().nullable();

/** Keeper's twelve keys of a build, and three of ours. */
export const buildKeys = {
  self_url: url,
  product_url: url,
  slug: z.string(),
  date_created: date,
  date_ended: date.nullable().meta({ description: 'Set once the build is deprecated.' }),
  date_abandoned: date.nullable().meta({
    description:
      'Set once the upload has stood still for so long that it was given up; the build cannot be ' +
      'uploaded any more. LTD Keeper has no such key.',
  }),
  uploaded: z.boolean(),
  bucket_name: z.string(),
  bucket_root_dir: z.string().meta({ description: 'The prefix of its objects, without the slash at the end.' }),
  git_refs: z.array(z.string()),
  github_requester: z.string().nullable(),
  published_url: z.string(),
  surrogate_key: surrogateKey,
  objects: amount.meta({
    description: 'Objects that are known to be in the bucket: it is looked at while they are uploaded. Null before.',
  }),
  bytes: amount.meta({ description: 'The sum of their sizes.' }),
};

/** A build. */
export const build = z.strictObject(buildKeys).meta({ id: 'Build', examples: [exampleBuild] });

/** A form that the holder may post a file with. Fields are sent as they are, before the file. */
const presignedPost = z
  .strictObject({ url: z.url(), fields: z.record(z.string(), z.string()) })
  .meta({ id: 'PresignedPost', examples: [examplePost] });

const presignedPosts = z.record(z.string(), presignedPost).optional();

const exampleRegistered = {
  ...exampleBuild,
  uploaded: false,
  objects: null,
  bytes: null,
  queue_url: exampleQueueUrl,
};

/** A build that was registered. */
export const registeredBuild = z
  .strictObject({
    ...buildKeys,
    queue_url: queueUrl,
    notices,
    post_prefix_urls: presignedPosts.meta({
      description: 'For files, by directory. Only with the media type of presigned uploads.',
    }),
    post_dir_urls: presignedPosts.meta({
      description: 'For the object that redirects to the directory itself. Only with that media type.',
    }),
  })
  .meta({ id: 'RegisteredBuild', examples: [exampleRegistered] });

/** What a registered build has for clients that ask for presigned uploads. */
export const buildWithUploads = registeredBuild.required({ post_prefix_urls: true, post_dir_urls: true }).meta({
  id: 'BuildWithUploads',
  examples: [
    {
      ...exampleRegistered,
      post_prefix_urls: { '/': examplePost },
      post_dir_urls: {
        '/': {
          url: examplePost.url,
          fields: {
            ...examplePost.fields,
            key: exampleBuild.bucket_root_dir,
            'x-amz-meta-dir-redirect': 'true',
          },
        },
      },
    },
  ],
});

/** The answer to a deprecation: it starts no work. */
export const deprecatedBuild = z.strictObject({}).meta({ id: 'DeprecatedBuild', examples: [{}] });

/** The list of a product's builds. */
export const builds = z
  .strictObject({ builds: z.array(url).meta({ description: 'Those not deprecated, the oldest first.' }) })
  .meta({ id: 'Builds', examples: [{ builds: [exampleBuild.self_url] }] });

/**
 * The forms of one directory take 0.1 ms of CPU and some 2.5 kB of the answer. So many make at most 13 MB, and 20 MB
 * with the longest names that fit into a request.
 */
const maxDirectories = 5_000;

/** A build to be registered. */
export const newBuild = z
  .object({
    git_refs: gitRefs.meta({ description: 'What it was built of. Editions track it by these.' }),
    github_requester: text
      .nullable()
      .optional()
      .meta({ description: 'Who asked for the build, by the name at GitHub.' }),
    slug: pathSlug
      .optional()
      .meta({ description: 'Without it the least of 1, 2, ... that no build of the product has.' }),
    directories: texts
      .max(
        maxDirectories,
        `must not name more than ${maxDirectories} directories: leave some out, the form of a directory also ` +
          'takes the files below it',
      )
      .optional()
      .meta({
        description:
          'Which to sign uploads for, with the media type of presigned uploads. The form of a directory ' +
          'also takes files of directories below it: the client then writes the whole key into the field ' +
          '`key`.',
      }),
  })
  .meta({
    id: 'NewBuild',
    examples: [
      { git_refs: ['main'] },
      { git_refs: ['v1.0'], slug: 'release-1', github_requester: 'jonathansick', directories: ['/', 'api/'] },
    ],
  });

/** What can be changed of a build. */
export const buildChange = z
  .object({ uploaded: flag.optional().meta({ description: '`true` once all files are in the bucket.' }) })
  .meta({ id: 'BuildChange', examples: [{ uploaded: true }] });

/** Answers differ with the media types that a client accepts. */
export const acceptHeaders = z.object({ accept: z.string().optional() });
