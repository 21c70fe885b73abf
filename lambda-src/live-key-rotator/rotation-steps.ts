import { CURRENT, PENDING, type SecretVersions } from './versions';
import { KeyError } from '../../runtime/live/errors';
import { KeySchedule } from '../../runtime/live/keys/derivation';
import type { MasterKeys } from '../../runtime/live/keys/master-keys';
import { keepsWhatIsNeeded, rotated } from '../../runtime/live/keys/rotation';

/** Of Secrets Manager's protocol, in the order in which it calls them. Each may come several times. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type RotationStep = typeof STEPS[number];

export interface RotationOptions {
  readonly versions: SecretVersions;
  /** Milliseconds. */
  readonly retention: number;
  readonly now: () => number;
  readonly newKey: () => string;
}

/**
 * One step of the rotation that a version is made by.
 *
 * @param token the version's id
 * @returns what was done, for the log
 */
export async function rotationStep(step: RotationStep, token: string, options: RotationOptions): Promise<string> {
  const labels = await options.versions.labels();
  if (labels.has(token, CURRENT)) return 'was current already';
  if (!labels.has(token, PENDING)) {
    throw new KeyError(`version ${token} is not a rotation's that is under way: it has not the label ${PENDING}`);
  }
  switch (step) {
    case 'createSecret': return create(token, options);
    case 'setSecret': return 'nobody else has to know the keys';
    case 'testSecret': return test(token, options);
    case 'finishSecret': return finish(token, options);
  }
}

async function create(token: string, { versions, retention, now, newKey }: RotationOptions): Promise<string> {
  if (await versions.pending(token) !== undefined) return 'was created already';
  const { master } = await versions.current();
  const next = rotated(master, newKey(), now(), retention);
  // Somebody else's value for the same version, at the same time, is as good as this one.
  return await versions.put(token, next, PENDING) ? `created version ${next.current} of the keys` : 'was created meanwhile';
}

/** Secrets Manager also tries this step out alone, when a rotation is set up, with a version that has no value or the current one's. */
async function test(token: string, { versions, retention, now }: RotationOptions): Promise<string> {
  const pending = await versions.pending(token);
  if (pending === undefined) return 'there is no value to test yet';
  checked((await versions.current()).master, pending, now(), retention);
  return `tested version ${pending.current} of the keys`;
}

/** Whatever happened between the steps, clients get a value that all can be read with, or keep the one that they have. */
async function finish(token: string, { versions, retention, now }: RotationOptions): Promise<string> {
  const pending = await versions.pending(token);
  const current = await versions.current();
  if (pending === undefined || pending.current === current.master.current) {
    throw new KeyError(`version ${token} of the secret has no new key: it was not made by createSecret`);
  }
  checked(current.master, pending, now(), retention);
  if (await versions.move(CURRENT, current.id, token)) return `version ${pending.current} of the keys is current`;
  throw new KeyError('another version of the secret has become current meanwhile: this step has to be repeated');
}

function checked(current: MasterKeys, pending: MasterKeys, now: number, retention: number): void {
  if (!keepsWhatIsNeeded(current, pending, now, retention)) {
    throw new KeyError('the new version of the secret lacks keys that are still needed, as the current one was changed after it had been made: '
      + `take the label ${PENDING} from it, and rotate again`);
  }
  const keys = new KeySchedule(pending, 'test').keysOf(pending.current, 'test')!;
  const text = 'sealed and opened';
  if (Buffer.from(keys.open(keys.seal(Buffer.from(text)))).toString() !== text) throw new KeyError('the new key does not open what it has sealed');
}
