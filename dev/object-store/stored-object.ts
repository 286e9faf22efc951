/** A run of bytes of one immutable, content-addressed file. */
export type Slice = { readonly blob: string; readonly offset: number; readonly length: number };

/** The canned ACLs that the store tells apart; all others act as `private` to an anonymous reader. */
export type CannedAcl = 'private' | 'public-read' | 'public-read-write' | 'authenticated-read';

/** Everything about an object that its writer chooses, apart from the bytes. */
export type ObjectProperties = {
  /** System headers by lower-case name: `content-type`, `cache-control`, `x-amz-website-redirect-location`, … */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata by lower-case name, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly acl: CannedAcl;
};

/** The checksum algorithms of S3. */
export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
/** One of S3's checksum algorithms. */
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum kept with an object; `value` is base64, with `-N` for a composite one. */
export type StoredChecksum = {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
};

/** What one upload or part holds: bytes by reference, never the bytes themselves. */
export type StoredContent = {
  readonly slices: readonly Slice[];
  readonly size: number;
  /** Without quotes: the MD5 in hex, followed by `-N` for a multipart upload of N parts. */
  readonly etag: string;
  readonly checksum?: StoredChecksum;
};

/** One object as the journal keeps it. It is never changed, only replaced: that is why no reader sees a mixture. */
export type StoredObject = ObjectProperties &
  StoredContent & {
    readonly key: string;
    /** Milliseconds since the epoch. */
    readonly lastModified: number;
    /** Sizes of the parts, for an object made by a multipart upload. */
    readonly partSizes?: readonly number[];
    /** The multipart upload that made it: a completion that is asked for again is known by it. */
    readonly uploadId?: string;
  };

/** One part of an unfinished multipart upload. */
export type StoredPart = StoredContent & { readonly number: number; readonly lastModified: number };

/** An unfinished multipart upload, without its parts. */
export type StoredUpload = {
  readonly id: string;
  readonly key: string;
  readonly started: number;
  readonly properties: ObjectProperties;
  readonly checksum?: Pick<StoredChecksum, 'algorithm' | 'type'>;
};
