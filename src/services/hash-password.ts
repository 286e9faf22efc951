import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { LtdError } from '../domain/errors.js';
import { createTurns } from '../process/limits.js';

/** Hashes and verifies passwords. */
export interface PasswordHasher {
  /** Returns `scrypt$<log2 N>$<r>$<p>$<salt>$<key>`, with salt and key in base64url. */
  hash(password: string): Promise<string>;
  /**
   * Whether `password` matches `hash`. Without a hash it returns false after the same work, so the response time does
   * not show who has an account.
   *
   * @throws {LtdError} `unavailable` if the queue is full.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** The scrypt parameters of one hash. */
export interface ScryptCost {
  /** N = 2^logN. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's recommendation for scrypt with 32 MiB: N = 2^15, r = 8, p = 3. */
export const defaultCost: ScryptCost = { logN: 15, r: 8, p: 3 };

const keyLength = 32;
const saltLength = 16;

/** Each hash takes one of libuv's four threads and 32 MiB. Two leave threads for DNS and the file system. */
const concurrency = 2;

/** At a tenth of a second each, later requests would wait longer than clients do. */
const maxQueue = 100;

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Creates a hasher with its own queue. Tests pass a lower `cost`. */
export function createPasswordHasher(cost: ScryptCost = defaultCost): PasswordHasher {
  const turns = createTurns(concurrency);
  const inTurn = (work: () => Promise<Buffer>): Promise<Buffer> => {
    if (turns.waiting >= maxQueue)
      throw new LtdError('unavailable', 'Too many passwords are being checked. Please try again.');
    return turns.run(work);
  };
  // Matches no password: unknown users are compared with it.
  const nobody: PasswordRecord = { cost, salt: randomBytes(saltLength), key: randomBytes(keyLength) };
  return {
    async hash(password) {
      const salt = randomBytes(saltLength);
      const key = await inTurn(() => derive(password, salt, cost));
      return format({ cost, salt, key });
    },
    async verify(password, hash) {
      const record = (hash === undefined ? undefined : parse(hash)) ?? nobody;
      const key = await inTurn(() => derive(password, record.salt, record.cost));
      return timingSafeEqual(key, record.key) && record !== nobody;
    },
  };
}

interface PasswordRecord {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

function derive(password: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  // Keyboards produce different code points for the same text; NFKC unifies them (RFC 8265, 4.2, asks for NFC at
  // least).
  const text = password.normalize('NFKC');
  return scryptAsync(text, salt, keyLength, { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r });
}

function format({ cost: { logN, r, p }, salt, key }: PasswordRecord): string {
  return `scrypt$${logN}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

function parse(hash: string): PasswordRecord | undefined {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]{43})$/.exec(hash);
  const [, logN, r, p, salt, key] = match ?? [];
  if (salt === undefined || key === undefined) return undefined;
  return {
    cost: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}
