import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/** An imported secret may be known without the six characters that Secrets Manager adds to its name. */
export function arnInPolicies(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}
