import { CONFIG_AUDIT_ATTRIBUTE as A } from '../../../lib/contract/config.js';
import { text } from '../../aws/attribute-values.js';
import type { DynamoDbClient, Item } from '../../aws/dynamodb.js';
import { CacheTiersError } from '../../errors.js';
import { withDeadline } from '../deadline.js';
import { recordOfItem } from '../tables/audit-items.js';
import type { Decryption } from './decryption.js';
import { liveValue, type LiveVersion } from './live.js';
import type { StoreCall } from './paced-store.js';
import { patiently } from './patience.js';
import type { WantedVersion } from './plan.js';

const DEFAULT_KEY = 'alias/aws/ssm';

export interface ValuesOptions {
  readonly read: StoreCall;
  readonly dynamoDb: DynamoDbClient;
  /** Name or ARN of the audit log's table. */
  readonly auditTable: string;
  readonly decryption: Decryption;
  readonly signal?: AbortSignal;
}

/** Where values of former versions are from: Parameter Store while it has the version, then the audit log. */
export class WantedValues {
  constructor(private readonly options: ValuesOptions) {}

  /**
   * @param versions what Parameter Store has of the parameter
   * @throws CacheTiersError `E_CONFIG_RESTORE_VALUE`, those of `Decryption`; AwsError
   */
  async valueOf(name: string, wanted: WantedVersion, versions: readonly LiveVersion[]): Promise<string> {
    const kept = versions.find(({ version, lastModified }) => version === wanted.version && lastModified === wanted.lastModified);
    if (kept === undefined) return this.recorded(name, wanted);
    if (kept.type !== wanted.type || !isSameKey(kept.keyId, wanted.keyId)) throw edited(); // a secret would go where it must not be
    try {
      return await liveValue(this.options.read, name, kept);
    } catch (error) {
      // The version may have been dropped meanwhile, or be decrypted by the log's reader only.
      return this.recorded(name, wanted).catch(() => { throw error; });
    }
  }

  private async recorded(name: string, { recordId, type, version, lastModified, keyId }: WantedVersion): Promise<string> {
    const { dynamoDb, auditTable, signal, decryption } = this.options;
    const key = { [A.partition]: text(name), [A.sort]: text(recordId) };
    const { Item: item } = await patiently(() => dynamoDb.call<{ readonly Item?: Item }>(
      'GetItem', { TableName: auditTable, Key: key, ConsistentRead: true }, withDeadline(signal)), signal);
    const record = item && recordOfItem(item);
    if (record?.version !== version || record.time !== lastModified || record.type !== type || !isSameKey(record.keyId, keyId)) throw edited();
    if (record.value === undefined) {
      throw new CacheTiersError('E_CONFIG_RESTORE_VALUE', 'the audit log keeps no value of this version, and Parameter Store has it no more');
    }
    if (type !== 'SecureString') return record.value;
    return patiently(() => decryption.plaintext(name, record.value ?? '', record.keyId ?? keyId), signal);
  }
}

/** The account's own key for Parameter Store is also known by no name. */
function isSameKey(one = DEFAULT_KEY, other = DEFAULT_KEY): boolean {
  return one === other;
}

function edited(): CacheTiersError {
  return new CacheTiersError('E_CONFIG_RESTORE_VALUE', 'the audit log has no such record any more, or the plan was edited: make the plan anew');
}
