import type { ConveyorRelease } from '../../dev/ltd-conveyor.js';

/** The variables in which a CI job says what it builds, and the git ref that the client derives from them. */
export interface CiJob {
  readonly variables: Readonly<Record<string, string>>;
  readonly gitRef: string;
  /** The slug of the edition for the ref. */
  readonly slug: string;
}

/** The differences between the releases. */
export interface ReleaseCase {
  readonly release: ConveyorRelease;
  readonly uploads: string;
  /** The client's text about a build that it has published. */
  readonly says: RegExp;
  /** The type of a file that it cannot guess. */
  readonly untyped: string;
  /** The client's text about a product that does not exist. */
  readonly refusal: RegExp;
  /** The git refs that it sends for `--git-ref "both refs"`. */
  readonly refs: readonly string[];
  /** Its option for a CI job, and jobs. */
  readonly ciOption: string;
  readonly ciJobs: readonly CiJob[];
}

const gitHubJobs: readonly CiJob[] = [
  {
    variables: { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/tickets/DM-4321' },
    gitRef: 'tickets/DM-4321',
    slug: 'DM-4321',
  },
  {
    variables: { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/tags/v1.0.0' },
    gitRef: 'v1.0.0',
    slug: 'v1.0.0',
  },
  {
    variables: {
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/pull/12/merge',
      GITHUB_HEAD_REF: 'u/somebody/fix',
    },
    gitRef: 'u/somebody/fix',
    slug: 'u-somebody-fix',
  },
  {
    variables: { GITHUB_EVENT_NAME: 'pull_request_review', GITHUB_REF: 'refs/pull/12/merge' },
    gitRef: '12/merge',
    slug: '12-merge',
  },
];

/** Each release, oldest first. */
export const releaseCases: readonly ReleaseCase[] = [
  {
    release: '0.4.2',
    uploads: 'by boto3',
    says: /^$/,
    untyped: 'binary/octet-stream',
    refusal: /invalid resource URI/,
    refs: ['both', 'refs'],
    ciOption: '--travis',
    ciJobs: [
      {
        variables: { TRAVIS_EVENT_TYPE: 'push', TRAVIS_BRANCH: 'tickets/DM-4321' },
        gitRef: 'tickets/DM-4321',
        slug: 'DM-4321',
      },
    ],
  },
  {
    release: '0.8.4',
    uploads: 'by presigned forms',
    says: /example\.org\/builds\/1/,
    untyped: 'application/octet-stream',
    refusal: /404[^]*invalid resource URI/,
    refs: ['both', 'refs'],
    ciOption: '--gh',
    ciJobs: gitHubJobs,
  },
  {
    release: '0.9.0a3',
    uploads: 'by presigned forms, all at once',
    says: /Upload complete/,
    untyped: 'application/octet-stream',
    refusal: /Could not parse build registration response[^]*invalid resource URI/,
    refs: ['both'],
    ciOption: '--gh',
    ciJobs: gitHubJobs,
  },
];
