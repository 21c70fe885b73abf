import type { ConfigConnectionOptions } from './connection.js';

/** The environment as a connection with these options reads it: a profile that is named goes before keys in the environment. */
export function environmentOf({ profile, env = process.env }: Pick<ConfigConnectionOptions, 'profile' | 'env'>): NodeJS.ProcessEnv {
  return profile === undefined ? env : { ...env, AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: undefined };
}

/** What tells apart who may see different footprints by one name: nothing has to be asked for it. @param env as `environmentOf` gives it */
export function identityOf(credentials: ConfigConnectionOptions['credentials'], env: NodeJS.ProcessEnv): string {
  if (typeof credentials === 'object') return `key ${credentials.accessKeyId}`;
  if (env.AWS_PROFILE) return `profile ${env.AWS_PROFILE}`;
  return credentials === undefined && env.AWS_ACCESS_KEY_ID ? `key ${env.AWS_ACCESS_KEY_ID}` : 'default';
}

/** Under which a footprint is remembered. @param parameter name of its parameter */
export function footprintKey(identity: string, region: string, parameter: string): string {
  return JSON.stringify([identity, region, parameter]);
}

/** Whether there are local files at all: in Lambda only where they are asked for. */
export function hasHome({ home }: Pick<ConfigConnectionOptions, 'home'>, env: NodeJS.ProcessEnv): boolean {
  return home !== false && (home !== undefined || !env.AWS_LAMBDA_FUNCTION_NAME || Boolean(env.CACHE_TIERS_HOME));
}
