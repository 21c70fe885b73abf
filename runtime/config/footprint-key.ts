import type { ConfigConnectionOptions } from './connection-options.js';
import { Home } from '../home/home.js';
import { isLambda } from '../lambda.js';

/** The environment as a connection with these options reads it: a profile that is named goes before keys in the environment. */
export function environmentOf({ profile, env = process.env }: Pick<ConfigConnectionOptions, 'profile' | 'env'>): NodeJS.ProcessEnv {
  return profile === undefined ? env : { ...env, AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: undefined };
}

/**
 * What tells apart who may see different footprints by one name: nothing has to be asked for it.
 *
 * @param env as `environmentOf` gives it
 * @returns undefined if nothing tells: a function may give credentials of any account, so that nothing is remembered for it without a profile
 */
export function identityOf(
  { credentials, profile }: Pick<ConfigConnectionOptions, 'credentials' | 'profile'>, env: NodeJS.ProcessEnv,
): string | undefined {
  if (typeof credentials === 'object') return `key ${credentials.accessKeyId}`;
  if (credentials !== undefined && profile === undefined) return undefined;
  if (!env.AWS_PROFILE && env.AWS_ACCESS_KEY_ID) return `key ${env.AWS_ACCESS_KEY_ID}`;
  const files = [env.AWS_CONFIG_FILE, env.AWS_SHARED_CREDENTIALS_FILE]; // a profile of one name can be another account's in other files
  return `profile ${env.AWS_PROFILE || 'default'}${files.some(Boolean) ? ` of ${JSON.stringify(files)}` : ''}`;
}

/** Under which a footprint is remembered. @param parameter name of its parameter */
export function footprintKey(identity: string, region: string, parameter: string): string {
  return JSON.stringify([identity, region, parameter]);
}

/** Where local files are. In Lambda there are some only where they are asked for. @throws HomeError `E_HOME_PATH` */
export function homeOf({ home, env = process.env }: Pick<ConfigConnectionOptions, 'home' | 'env'>): Home | undefined {
  const isWanted = home !== undefined || !isLambda(env) || Boolean(env.CACHE_TIERS_HOME);
  return home !== false && isWanted ? Home.open({ home, env }) : undefined;
}
