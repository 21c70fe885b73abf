// What is known of a parameter at one of its changes.
import { nameOf, versionOf } from '../../harness/config-world.mjs';

const TYPES = ['String', 'String', 'SecureString', 'StringList'];

export const userOf = (i) => `arn:aws:sts::111122223333:assumed-role/deploy-${i % 20}/session`;

export function metadataOf(i, k, lastModified) {
  const type = TYPES[i % TYPES.length];
  return {
    name: nameOf(i), version: versionOf(i, k), lastModified, lastModifiedUser: userOf(i), type, tier: 'Standard', dataType: 'text',
    ...(type === 'SecureString' && { keyId: 'alias/aws/ssm' }),
    ...(i % 5 === 0 && { description: `Setting ${i} of a service` }),
  };
}
