import { AwsError } from './errors.js';
import { containerCredentials, hasContainerEndpoint, instanceCredentials } from './metadata.js';
import { loadProfile } from './profile.js';
import type { AwsCredentials } from './sign-v4.js';

/** Where credentials come from; asked again when they are about to expire, and with `forceRefresh` when the service has refused them. */
export type CredentialSource = (options?: { readonly forceRefresh?: boolean }) => Promise<AwsCredentials>;

/** The SDK's own chain: what a source needs of `@aws-sdk/credential-provider-node`. */
export interface SdkChain {
  readonly defaultProvider: (init?: { readonly profile?: string }) => CredentialSource;
}

/** Settings of a profile that lead to credentials. */
const CREDENTIAL_SETTINGS = [
  'aws_access_key_id', 'role_arn', 'source_profile', 'credential_source', 'credential_process', 'web_identity_token_file',
  'sso_session', 'sso_start_url', 'sso_account_id', 'login_session',
];

/**
 * Credentials from where the SDK's default chain looks, in its order: environment (unless `AWS_PROFILE` is set), profile, web identity, container,
 * instance. Keys in the environment or in a profile, container and instance are read here. What needs more (a role, SSO, a process, web identity)
 * is left to `@aws-sdk/credential-provider-node`, loaded only then.
 */
export function defaultSource(env: NodeJS.ProcessEnv, now: () => number, loadChain: () => Promise<SdkChain> = importChain): CredentialSource {
  let chain: CredentialSource | undefined;
  return async (options) => {
    const inEnvironment = environmentCredentials(env);
    if (inEnvironment !== undefined && !env.AWS_PROFILE) return inEnvironment;
    if (inEnvironment !== undefined) warnOfTwoSources();

    const profile = await loadProfile(env);
    const inProfile = profileCredentials(profile.settings);
    if (inProfile !== undefined) return inProfile;
    const leftToSdk = CREDENTIAL_SETTINGS.some((setting) => profile.settings[setting] !== undefined)
      ? `profile ${JSON.stringify(profile.name)}`
      : env.AWS_WEB_IDENTITY_TOKEN_FILE && env.AWS_ROLE_ARN ? 'AWS_WEB_IDENTITY_TOKEN_FILE' : undefined;
    if (leftToSdk !== undefined) {
      chain ??= (await loadChain().catch((cause: unknown) => { throw chainError(leftToSdk, cause); }))
        .defaultProvider(env.AWS_PROFILE ? { profile: env.AWS_PROFILE } : {});
      return chain(options);
    }

    if (hasContainerEndpoint(env)) return containerCredentials(env);
    const disabled = env.AWS_EC2_METADATA_DISABLED;
    if (!disabled || disabled === 'false') return instanceCredentials(env, now).catch((cause: unknown) => { throw noneFound(profile.name, cause); });
    throw noneFound(profile.name);
  };
}

/** Keys of the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_CREDENTIAL_EXPIRATION`. */
export function environmentCredentials(env: NodeJS.ProcessEnv): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
    ...(env.AWS_CREDENTIAL_EXPIRATION ? { expiration: new Date(env.AWS_CREDENTIAL_EXPIRATION) } : {}),
  };
}

/** Keys that stand in the profile itself and are not merely the means to take a role. */
function profileCredentials(settings: Readonly<Record<string, string>>): AwsCredentials | undefined {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: sessionToken } = settings;
  if (!accessKeyId || !secretAccessKey || settings.role_arn !== undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** The name is put together at run time, so that bundlers neither take the SDK along nor fail for want of it. */
function importChain(): Promise<SdkChain> {
  const name = ['@aws-sdk', 'credential-provider-node'].join('/');
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name) as Promise<SdkChain>;
}

function chainError(what: string, cause: unknown): AwsError {
  return new AwsError(`credentials by ${what} need the SDK's providers; install @aws-sdk/credential-provider-node, or pass credentials`, {
    failure: 'denied', code: 'E_AWS_CREDENTIALS_CHAIN', cause,
  });
}

function noneFound(profile: string, cause?: unknown): AwsError {
  return new AwsError(`no AWS credentials in the environment, in profile ${JSON.stringify(profile)}, or from container or instance metadata; `
    + 'pass credentials, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the function, task or instance a role', {
    failure: 'denied', code: 'E_AWS_CREDENTIALS', cause,
  });
}

let warned = false;

function warnOfTwoSources(): void {
  if (warned) return;
  warned = true;
  process.emitWarning('AWS_PROFILE and AWS_ACCESS_KEY_ID are both set; the profile is used, as the AWS SDK does', {
    code: 'CACHE_TIERS_TWO_CREDENTIALS',
  });
}
