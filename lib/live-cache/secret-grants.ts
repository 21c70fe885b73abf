import { Resource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as perms from './perms';
import { grantOnKey, viaService } from '../private/grants';

/** Permits to read a secret. The secret's own `grantRead` permits nothing on its key if that is imported, and without it nothing is read. */
export function grantReadingSecret(secret: secretsmanager.ISecret, grantee: iam.IGrantable): iam.Grant {
  const grant = secret.grantRead(grantee);
  const key = secret.encryptionKey;
  return key === undefined || Resource.isOwnedResource(key) ? grant : grant.combine(grantOnSecretKey(secret, grantee, perms.SECRET_KEY_READ_ACTIONS));
}

/** Permits something on the key that encrypts a secret, if it has one of its own, by way of Secrets Manager only. */
export function grantOnSecretKey(secret: secretsmanager.ISecret, grantee: iam.IGrantable, actions: string[]): iam.Grant {
  if (secret.encryptionKey === undefined) return iam.Grant.drop(grantee, 'the key of AWS');
  return grantOnKey(secret.encryptionKey, grantee, actions, viaService(secret, 'secretsmanager'));
}

/** An imported secret may be known without the six characters that Secrets Manager adds to its name. */
export function arnInPolicies(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}
