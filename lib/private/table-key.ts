import { Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';

/** TableV2 renders a customer managed key only where the stack's Region is known; elsewhere `setTableKey` sets it on the resource. */
function rendersKey(scope: IConstruct): boolean {
  return !Token.isUnresolved(Stack.of(scope).region);
}

/** Encryption of a table with a key, as far as TableV2 renders it. */
export function tableEncryption(
  scope: IConstruct, key: kms.IKey | undefined, replicaKeyArns?: { [region: string]: string },
): dynamodb.TableEncryptionV2 | undefined {
  return key && rendersKey(scope) ? dynamodb.TableEncryptionV2.customerManagedKey(key, replicaKeyArns) : undefined;
}

/** Sets the key on what TableV2 has left without. */
export function setTableKey(table: dynamodb.TableV2, key: kms.IKey | undefined): void {
  if (key === undefined || rendersKey(table)) return;
  const resource = table.node.defaultChild as dynamodb.CfnGlobalTable;
  resource.addPropertyOverride('SSESpecification', { SSEEnabled: true, SSEType: 'KMS' });
  resource.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: key.keyArn });
  (table as { encryptionKey?: kms.IKey }).encryptionKey = key; // so that the table's own grants include it
}
