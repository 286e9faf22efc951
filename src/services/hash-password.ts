import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { LtdError } from '../domain/errors.js';

/** Makes and checks the hashes of passwords. */
export interface PasswordHasher {
  /** A hash that says how it was made: `scrypt$<log2 N>$<r>$<p>$<salt>$<key>`, salt and key in base64url. */
  hash(password: string): Promise<string>;
  /**
   * Whether `password` is the one of `hash`. Without a hash the answer is no, after as much work, so that time does not
   * tell who has an account.
   *
   * @throws {LtdError} `unavailable` when too many are waiting for their turn.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** The cost of one hash. */
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

/** Each takes a thread of libuv's four and 32 MiB; two leave threads to DNS and the file system. */
const atOnce = 2;

/** At a tenth of a second each, who comes after these would wait longer than clients do. */
const maxQueue = 100;

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** A hasher with a queue of its own. A lower `cost` is for tests. */
export function createPasswordHasher(cost: ScryptCost = defaultCost): PasswordHasher {
  const inTurn = createTurns();
  // Belongs to no password that anybody could send: what unknown users are compared with.
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
  // The same text can be typed as different code points; NFKC makes them one (RFC 8265, 4.2, says NFC at least).
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

/** Runs work at most {@link atOnce} at a time, in the order of arrival. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) await turn(waiting);
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes from hand to hand, so that nobody can slip in between.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function turn(waiting: (() => void)[]): Promise<void> {
  if (waiting.length >= maxQueue)
    throw new LtdError('unavailable', 'Too many passwords are being checked. Please try again.');
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}
