import { randomUUID } from 'node:crypto';
import type { SecretDescription, SecretsManagerClient, SecretValue } from '../../aws/secrets-manager.js';
import { systemClock, type Clock } from '../../resilience/clock.js';
import { endsWithin } from '../../resilience/deadline.js';
import { KeyError } from '../errors.js';
import { parseMasterKeys, type MasterKeys } from '../keys/master-keys.js';

export interface KeyVersion {
  readonly version: string;
  /** When it ceased to be the one that is written with, in Unix epoch milliseconds; unset for the current one. */
  readonly retiredAt?: number;
}

/** What the secret says of its master keys. The keys themselves do not leave it. */
export interface KeyVersions {
  /** New results are written with this one. */
  readonly current: string;
  /** The newest first. */
  readonly versions: readonly KeyVersion[];
  /** Whether a rotation has begun and not ended. */
  readonly rotating: boolean;
}

export interface RotateOptions {
  /** Longest to wait for the new version, in milliseconds. @default 120000 */
  readonly patience?: number;
  /** Told what it waits for, now and then. @param waited milliseconds so far */
  readonly onWait?: (waited: number) => void;
  readonly signal?: AbortSignal;
}

export interface Rotation {
  /** Version that was written with until now. */
  readonly before: string;
  readonly after: string;
}

/** For one request, in milliseconds. */
const DEADLINE = 15_000;
const PATIENCE = 120_000;
/** Between two looks, in milliseconds: rotating takes four runs of a function. */
const PAUSE = 2_000;

/** The secret with the master keys, as an operator sees it: versions, and a new one. */
export class KeySecret {
  /** @param id ARN or name */
  constructor(private readonly client: Pick<SecretsManagerClient, 'call'>, readonly id: string, private readonly clock: Clock = systemClock) {}

  /** @throws AwsError @throws KeyError if there are no master keys in the secret */
  async versions(signal?: AbortSignal): Promise<KeyVersions> {
    const soon = endsWithin(DEADLINE, signal);
    const [value, description] = await Promise.all([
      this.client.call<SecretValue>('GetSecretValue', { SecretId: this.id }, soon),
      this.client.call<SecretDescription>('DescribeSecret', { SecretId: this.id }, soon),
    ]);
    return { ...versionsIn(parseMasterKeys(value.SecretString)), rotating: isPending(description) };
  }

  /**
   * Has Secrets Manager make a new version of the master key, and waits until it is the current one. Results that are written with older ones can be
   * read until they expire.
   *
   * @throws AwsError @throws KeyError if it takes too long
   */
  async rotate({ patience = PATIENCE, onWait, signal }: RotateOptions = {}): Promise<Rotation> {
    const { current: before } = await this.versions(signal);
    const begun = this.clock.now();
    const input = { SecretId: this.id, ClientRequestToken: randomUUID(), RotateImmediately: true };
    await this.client.call('RotateSecret', input, endsWithin(DEADLINE, signal));
    for (;;) {
      signal?.throwIfAborted();
      const { current: after, rotating } = await this.versions(signal);
      if (after !== before && !rotating) return { before, after };
      const waited = this.clock.now() - begun;
      if (waited >= patience) throw tooLong(this.id, before, waited);
      onWait?.(waited);
      await this.clock.sleep(PAUSE);
    }
  }
}

function versionsIn({ current, keys, retired }: MasterKeys): Pick<KeyVersions, 'current' | 'versions'> {
  const versions = [...keys.keys()].sort((a, b) => Number(b) - Number(a));
  return { current, versions: versions.map((version) => ({ version, ...(retired.has(version) && { retiredAt: retired.get(version) }) })) };
}

/** A rotation's version is pending until it is the current one too. */
function isPending({ VersionIdsToStages = {} }: SecretDescription): boolean {
  return Object.values(VersionIdsToStages).some((stages) => stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT'));
}

function tooLong(id: string, before: string, waited: number): KeyError {
  const seconds = Math.round(waited / 1000);
  return new KeyError(`version ${before} of the master key is still the current one ${seconds} s after the rotation of ${id} began; `
    + 'it goes on by itself: see the status again in a while, and the log of the function that rotates');
}
