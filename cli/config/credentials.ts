import type { CredentialSource } from '../../runtime/aws/credential-sources.js';
import type { Io } from '../context.js';
import type { ConfigGroupOptions } from './connect.js';

/**
 * Credentials for a config command. Keys of the environment and of the profile, container and instance are read by the client itself. For a profile
 * that needs more (SSO, a role, a process), the SDK's chain is loaded, and the session that it gives is kept in the vault.
 */
export function credentialsOf(_options: ConfigGroupOptions, _io: Io): CredentialSource | undefined {
  return undefined;
}
