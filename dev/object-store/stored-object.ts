/** A range of bytes in one immutable file. */
export type Slice = { readonly blob: string; readonly offset: number; readonly length: number };

/** The canned ACLs that the store distinguishes; an anonymous reader sees all others as `private`. */
export type CannedAcl = 'private' | 'public-read' | 'public-read-write' | 'authenticated-read';

/** The properties of an object that its writer sets. */
export type ObjectProperties = {
  /** System headers by lower-case name: `content-type`, `cache-control`, `x-amz-website-redirect-location`, … */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata by lower-case name, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly acl: CannedAcl;
};

/** S3's checksum algorithms. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** An object's checksum; `value` is base64, with `-N` for a composite one. */
export type StoredChecksum = {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
};

/** The content of one upload or part: references to bytes. */
export type StoredContent = {
  readonly slices: readonly Slice[];
  readonly size: number;
  /** Without quotes: the MD5 in hex, followed by `-N` for a multipart upload of N parts. */
  readonly etag: string;
  readonly checksum?: StoredChecksum;
};

/** One object in the journal. Writers replace it and never change it, so no reader sees a mixture. */
export type StoredObject = ObjectProperties &
  StoredContent & {
    readonly key: string;
    /** Milliseconds since the epoch. */
    readonly lastModified: number;
    /** The sizes of its parts, for an object of a multipart upload. */
    readonly partSizes?: readonly number[];
    /** The multipart upload that created it; recognises a repeated completion. */
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
