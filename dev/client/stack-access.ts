import { z } from 'zod';

const variables = z
  .object({
    LTD_KEEPER_URL: z.url(),
    LTD_USERNAME: z.string(),
    LTD_PASSWORD: z.string(),
    LTD_BUCKET: z.string(),
    LTD_ROOT_DOMAIN: z.string(),
    LTD_EDGE_URL: z.url(),
    TEMPORAL_UI_URL: z.url(),
    AWS_ENDPOINT_URL_S3: z.url(),
    AWS_ACCESS_KEY_ID: z.string(),
    AWS_SECRET_ACCESS_KEY: z.string(),
    AWS_REGION: z.string(),
    OBJECT_STORE_ADMIN_URL: z.url(),
    WORKER_PID: z.coerce.number(),
  })
  .transform((set) => ({
    keeper: { url: set.LTD_KEEPER_URL, username: set.LTD_USERNAME, password: set.LTD_PASSWORD },
    edgeUrl: set.LTD_EDGE_URL,
    temporalUiUrl: set.TEMPORAL_UI_URL,
    bucket: set.LTD_BUCKET,
    /** Domain of products whose published URLs open at the edge. */
    rootDomain: set.LTD_ROOT_DOMAIN,
    storeAdminUrl: set.OBJECT_STORE_ADMIN_URL,
    /** The process of the first worker. */
    workerPid: set.WORKER_PID,
    store: {
      endpoint: set.AWS_ENDPOINT_URL_S3,
      region: set.AWS_REGION,
      credentials: { accessKeyId: set.AWS_ACCESS_KEY_ID, secretAccessKey: set.AWS_SECRET_ACCESS_KEY },
    },
  }));

/** Addresses and accounts of a development stack. */
export type StackAccess = z.output<typeof variables>;

/** Reads addresses and accounts from the variables of a stack's `env`. */
export function stackAccess(lines: Readonly<Record<string, string>>): StackAccess {
  return variables.parse(lines);
}
