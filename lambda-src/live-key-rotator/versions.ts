import { AwsError } from '../../runtime/aws/errors';
import type { SecretDescription, SecretsManagerClient, SecretValue } from '../../runtime/aws/secrets-manager';
import { formatMasterKeys, parseMasterKeys, type MasterKeys } from '../../runtime/live/keys/master-keys';

/** Labels of Secrets Manager's. */
export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';
export const PREVIOUS = 'AWSPREVIOUS';

/** Which version has which label, and when the secret was changed last, in Unix epoch milliseconds. */
export interface Labels {
  readonly changed: number;
  /** @returns undefined if no version has it */
  holderOf(label: string): string | undefined;
  has(version: string, label: string): boolean;
}

export interface SecretVersion {
  readonly id: string;
  readonly master: MasterKeys;
}

/** The versions of one secret. */
export class SecretVersions {
  constructor(private readonly client: Pick<SecretsManagerClient, 'call'>, private readonly arn: string, private readonly signal: AbortSignal) {}

  async labels(): Promise<Labels> {
    const { VersionIdsToStages = {}, LastChangedDate = 0 } = await this.call<SecretDescription>('DescribeSecret', {});
    return {
      changed: LastChangedDate * 1000,
      holderOf: (label) => Object.keys(VersionIdsToStages).find((version) => VersionIdsToStages[version]!.includes(label)),
      has: (version, label) => VersionIdsToStages[version]?.includes(label) ?? false,
    };
  }

  /** The version that a label is on at this moment. */
  async current(): Promise<SecretVersion> {
    const { VersionId, SecretString } = await this.call<SecretValue>('GetSecretValue', { VersionStage: CURRENT });
    return { id: VersionId, master: parseMasterKeys(SecretString) };
  }

  /** @returns undefined if the version has no value yet */
  async pending(version: string): Promise<MasterKeys | undefined> {
    try {
      const { SecretString } = await this.call<SecretValue>('GetSecretValue', { VersionId: version, VersionStage: PENDING });
      return parseMasterKeys(SecretString);
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }

  /** @returns false if the version has another value already: a version never changes */
  async put(version: string, master: MasterKeys, label: string): Promise<boolean> {
    try {
      await this.call('PutSecretValue', { ClientRequestToken: version, SecretString: formatMasterKeys(master), VersionStages: [label] });
      return true;
    } catch (error) {
      if (isNamed(error, 'ResourceExistsException')) return false;
      throw error;
    }
  }

  /**
   * Moves a label, or takes it away.
   *
   * @returns false if it was not on `from`: Secrets Manager compares, so that of two who move it from the same version one succeeds
   */
  async move(label: string, from: string, to?: string): Promise<boolean> {
    try {
      await this.call('UpdateSecretVersionStage', { VersionStage: label, RemoveFromVersionId: from, MoveToVersionId: to });
      return true;
    } catch (error) {
      if (!isNamed(error, 'InvalidParameterException') && !isNamed(error, 'InvalidRequestException')) throw error;
      // Also the answer to a call that was carried out, and sent again because its answer was lost.
      return to !== undefined && (await this.labels()).has(to, label);
    }
  }

  private call<O>(operation: Parameters<SecretsManagerClient['call']>[0], input: object): Promise<O> {
    return this.client.call<O>(operation, { SecretId: this.arn, ...input }, this.signal);
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof AwsError && error.name === name;
}
