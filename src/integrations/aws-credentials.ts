import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { NoAnswer, withinTime } from '../process/limits.js';

/**
 * The longest that the providers may take, in milliseconds. A container's endpoint that answers 500 takes the AWS SDK 3
 * s. It is shorter than the timeout of an attempt, which begins before.
 */
const maxResolution = 5_000;

/** The error that says that no provider gave credentials; the cause says why. The SDK's own has the same name. */
export const noCredentials = 'CredentialsProviderError';

/** What a person can do about it. */
export const credentialsAdvice =
  'check the pod identity, the role of the instance or the profile that is to give credentials, or set ' +
  'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the request is tried again';

/**
 * The AWS SDK's default chain of credentials providers: environment, profile, web identity, container, instance.
 *
 * Whatever it fails with is an error named {@link noCredentials}, after 5 s at the latest: the SDK puts no limit to an
 * endpoint, a process or a file that never answers. What can be told of the reason is in the message alone, since the
 * SDK ends with the same error whether no provider is configured or the one that is has an outage.
 */
export function createCredentialsProvider(): ReturnType<typeof defaultProvider> {
  let chain = defaultProvider();
  return async (options) => {
    const asked = chain;
    try {
      return await withinTime(maxResolution, () => asked(options));
    } catch (error) {
      // All that ask a chain share its answer: one that hangs would never give any.
      if (error instanceof NoAnswer && chain === asked) chain = defaultProvider();
      const reason = error instanceof Error ? error.message : String(error);
      throw Object.assign(new Error(reason, { cause: error }), { name: noCredentials });
    }
  };
}

/** Whether no provider gave credentials, so that nothing was sent. */
export function isNoCredentials(error: unknown): boolean {
  return error instanceof Error && error.name === noCredentials;
}
