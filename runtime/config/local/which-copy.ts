import { CONFIG_ENVIRONMENT } from '../../../lib/contract/config.js';
import type { ConfigConnectionOptions } from '../connection.js';
import { environmentOf, footprintKey, hasHome, identityOf } from '../footprint-key.js';
import { FootprintMemory } from '../footprint-memory.js';
import { footprintParameter, type ConfigFootprint } from '../footprint.js';
import { Home } from '../home/home.js';

/**
 * What `ConfigConnection` has for a home, and what its `rememberedFootprint` says, without loading what talks to AWS: that takes longer than
 * a search does.
 */
export function homeOf(options: ConfigConnectionOptions): Home | undefined {
  const env = environmentOf(options);
  const { home } = options;
  return home !== false && hasHome(options, env) ? Home.open({ home, env }) : undefined;
}

/**
 * The footprint that these options led to when Parameter Store was asked the last time.
 *
 * @returns undefined if nothing is remembered
 * @throws InvalidArgumentError `E_CONFIG_FOOTPRINT` if none is named; AwsError `E_AWS_NO_REGION`; HomeError
 */
export async function rememberedFootprint(options: ConfigConnectionOptions, home: Home): Promise<ConfigFootprint | undefined> {
  const env = environmentOf(options);
  const parameter = footprintParameter(options.footprint ?? env[CONFIG_ENVIRONMENT.footprint]);
  const region = options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || await regionOfProfile(env);
  const key = footprintKey(identityOf(options.credentials, env), region, parameter);
  return new FootprintMemory(home.folder('cache'), key, options.now ?? Date.now).read()?.footprint;
}

async function regionOfProfile(env: NodeJS.ProcessEnv): Promise<string> {
  const { resolveRegion } = await import('../../aws/endpoint.js');
  return resolveRegion(undefined, env);
}
