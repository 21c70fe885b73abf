import type { AwsCredentials } from '../../aws/sign-v4.js';

/** Credentials as they are kept in the vault. */
export interface KeptCredentials {
  readonly credentials: AwsCredentials;
  /** When they were obtained, in Unix epoch milliseconds. */
  readonly obtained: number;
  /** When they expire or are no longer to be kept, in Unix epoch milliseconds. */
  readonly expires: number;
  /** What tells their source from another one of the same name. */
  readonly origin?: string;
  /** Of the entry that they come from. */
  readonly version?: number;
}

export function encodeCredentials({ credentials, obtained, expires, origin }: KeptCredentials): Buffer {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return Buffer.from(JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, expiration: expiration?.getTime(), obtained, expires, origin }));
}

/** @returns undefined if it is something else */
export function decodeCredentials(secret: Buffer): KeptCredentials | undefined {
  let found: Record<string, unknown> | null;
  try { found = JSON.parse(secret.toString()) as Record<string, unknown> | null; } catch { return undefined; }
  const { accessKeyId, secretAccessKey, sessionToken, expiration, obtained, expires, origin } = found ?? {};
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  if (!isText(accessKeyId) || !isText(secretAccessKey) || !isTime(obtained) || !isTime(expires)) return undefined;
  return {
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(isText(sessionToken) ? { sessionToken } : {}),
      ...(isTime(expiration) ? { expiration: new Date(expiration) } : {}),
    },
    obtained,
    expires,
    ...(isText(origin) ? { origin } : {}),
  };
}
