import { createHash } from 'node:crypto';
import { defaultSource, environmentCredentials, type CredentialSource, type SdkChain } from '../../runtime/aws/credential-sources.js';
import type { VaultEvents } from '../../runtime/config/vault/telemetry.js';
import { loadProfile } from '../../runtime/aws/profile.js';
import { UsageError, type Io } from '../context.js';
import { explain } from '../explain.js';
import { openVault } from '../vault/open.js';
import type { ConfigGroupOptions } from './group-options.js';
import { hidden } from './value-source.js';

/**
 * Credentials for a config command. Keys of the environment and of the profile, container and instance are read by the client itself. For a profile
 * that needs more (SSO, a role, a process), the SDK's chain is loaded, and the session that it gives is kept in the vault.
 *
 * @returns undefined where the environment has keys and no profile is named
 */
export function credentialsOf({ profile, vault }: ConfigGroupOptions, io: Io): CredentialSource | undefined {
  if (profile === undefined && !io.env.AWS_PROFILE && environmentCredentials(io.env) !== undefined) return undefined;
  const env = profile === undefined ? io.env : { ...io.env, AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: undefined };
  const name = env.AWS_PROFILE || 'default';
  // A token of the platform's is renewed by the platform: there is no sign-in to be spared.
  const kept = vault !== false && !env.AWS_WEB_IDENTITY_TOKEN_FILE;
  return defaultSource(env, Date.now, async () => {
    const chain = await sdkChain(name, io);
    return kept ? { defaultProvider: () => keptSession(env, chain.defaultProvider(), io) } : chain;
  });
}

/** The profile is passed, as the process's environment may say another. */
async function sdkChain(profile: string, io: Io): Promise<SdkChain> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return { defaultProvider: () => defaultProvider({ profile, mfaCodeProvider: (serial) => askForCode(serial, io) }) as CredentialSource };
}

function askForCode(serial: string, io: Io): Promise<string> {
  if (io.stdin.isTTY && io.stderr.isTTY) return hidden(`MFA code of ${serial}`, io);
  throw new UsageError(`the profile needs an MFA code of ${serial}, and nobody can be asked here, as this is no terminal`);
}

/** Made when it is first asked for; a vault that cannot be used is no reason to stop. */
function keptSession(env: Io['env'], source: CredentialSource, io: Io): CredentialSource {
  let session: Promise<CredentialSource> | undefined;
  return async (options) => {
    session ??= openVault(io).then(async (vault) => {
      await warnOfTrouble(io);
      const { name, settings } = await loadProfile(env);
      // A profile that has been edited, or is of another file, may be of another account.
      const origin = createHash('sha256').update(JSON.stringify(Object.entries(settings).sort())).digest('hex');
      return vault.session(`profile:${name}`, source, { origin });
    }).catch((error: unknown) => {
      warn(io, error);
      return source;
    });
    return (await session)(options);
  };
}

/** The vault goes on without what it cannot do; people want to know why they have to sign in again. */
async function warnOfTrouble(io: Io): Promise<void> {
  const { VAULT_CHANNELS } = await import('../../runtime/config/vault/telemetry.js');
  const once = (message: unknown) => {
    VAULT_CHANNELS.error.unsubscribe(once);
    warn(io, (message as VaultEvents['error']).error);
  };
  VAULT_CHANNELS.error.subscribe(once);
}

function warn(io: Io, error: unknown): void {
  io.stderr.write(`warning: the session is not kept: ${explain(error, 'config')}; --no-vault does without\n`);
}
