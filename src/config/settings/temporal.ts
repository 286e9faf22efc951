import { Secret } from '../secret.js';
import { serving, text, type ValuesOf } from '../setting.js';

/** A key of Temporal's payloads. */
export interface EncryptionKey {
  /** Stands beside the payloads that it encrypted, in clear. */
  readonly id: string;
  /** 32 bytes, in base64. */
  readonly key: Secret;
}

const encryptionKeys = text.transform((list, context) => {
  const keys = list
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(encryptionKeyOf);
  const known = keys.flatMap((key) => (key === undefined ? [] : [key]));
  if (known.length < keys.length)
    context.addIssue('must be a list of id:key, each key 32 bytes in base64 (openssl rand -base64 32)');
  if (new Set(known.map(({ id }) => id)).size < known.length) context.addIssue('must give each key an id of its own');
  return known;
});

function encryptionKeyOf(part: string): EncryptionKey | undefined {
  const [, id, key] = /^([\w.-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(part) ?? [];
  return id === undefined || key === undefined ? undefined : { id, key: new Secret(key) };
}

/** Settings of the use of Temporal, beside those of the connection. */
export const temporalSettings = {
  LTD_TEMPORAL_ENCRYPTION_KEYS: {
    parser: encryptionKeys.default([]),
    usedBy: serving,
    secret: true,
    meaning:
      'Encrypts what the service sends to Temporal ([security.md](security.md#what-temporal-knows)): a ' +
      'list of `id:key`, each key 32 bytes in base64, separated by commas or blanks. The first key ' +
      'encrypts, all decrypt. `ltd-keeper codec-server` reads it, too.',
  },
  TEMPORAL_DEPLOYMENT_NAME: {
    parser: text.optional(),
    usedBy: ['worker'],
    togetherWith: 'TEMPORAL_WORKER_BUILD_ID',
    meaning:
      'The Worker Deployment that the worker is a version of ' +
      '([upgrading.md](upgrading.md#worker-deployment-versioning)). Without it the worker takes every ' +
      'task.',
  },
  TEMPORAL_WORKER_BUILD_ID: {
    parser: text.optional(),
    usedBy: ['worker'],
    meaning: 'The name of that version, for example the tag of its image.',
  },
} as const;

/** Keys of the payloads (none: nothing is encrypted), and the version of a worker (null: unversioned). */
export function temporalUseConfig(set: ValuesOf<typeof temporalSettings>) {
  const { TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: buildId } = set;
  return {
    temporalEncryptionKeys: set.LTD_TEMPORAL_ENCRYPTION_KEYS,
    deployment: name !== undefined && buildId !== undefined ? { name, buildId } : null,
  };
}

/** Which version of which Worker Deployment a worker is. */
export type DeploymentConfig = NonNullable<ReturnType<typeof temporalUseConfig>['deployment']>;

/** The settings of the connection, which Temporal's own library reads: their default and meaning, for the docs. */
export const temporalConnectionSettings: Readonly<
  Record<string, { readonly default?: string; readonly secret?: true; readonly meaning: string }>
> = {
  TEMPORAL_ADDRESS: { default: 'localhost:7233', meaning: '`host:port` of the Temporal server.' },
  TEMPORAL_NAMESPACE: { default: 'default', meaning: 'The namespace of the workflows.' },
  TEMPORAL_API_KEY: { secret: true, meaning: 'The API key of Temporal Cloud; it turns TLS on.' },
  TEMPORAL_TLS: { meaning: '`true` connects by TLS; `false` without TLS, whatever else is set.' },
  TEMPORAL_TLS_CLIENT_CERT_PATH: { meaning: "The file of the client's certificate, for mutual TLS." },
  TEMPORAL_TLS_CLIENT_CERT_DATA: { meaning: 'The certificate itself, instead of its file.' },
  TEMPORAL_TLS_CLIENT_KEY_PATH: { meaning: "The file of the certificate's private key." },
  TEMPORAL_TLS_CLIENT_KEY_DATA: { secret: true, meaning: 'The private key itself, instead of its file.' },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: {
    meaning: 'The file of the certificate authority that signed the certificate of the server.',
  },
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: { meaning: "The authority's certificate itself, instead of its file." },
  TEMPORAL_TLS_SERVER_NAME: {
    meaning: 'The name in the certificate of the server, if it is not that of the address.',
  },
  'TEMPORAL_GRPC_META_*': { meaning: 'Headers of every call, one for each name; `_` becomes `-`.' },
};
