import { CONFIG_ENVIRONMENT } from '../../../lib/contract/config.js';
import type { ConfigConnectionOptions } from '../connection-options.js';
import { environmentOf, footprintKey, identityOf } from '../footprint-key.js';
import { FootprintMemory } from '../footprint-memory.js';
import { footprintParameter, type ConfigFootprint } from '../footprint.js';
import type { Home } from '../../home/home.js';

/**
 * The footprint that these options led to when Parameter Store was asked the last time: what `rememberedFootprint` of a `ConfigConnection` says,
 * without loading what talks to AWS, which takes longer than a search does.
 *
 * @returns undefined if nothing is remembered
 * @throws InvalidArgumentError `E_CONFIG_FOOTPRINT` if none is named; AwsError `E_AWS_NO_REGION`; HomeError
 */
export async function rememberedFootprint(options: ConfigConnectionOptions, home: Home): Promise<ConfigFootprint | undefined> {
  const env = environmentOf(options);
  const parameter = footprintParameter(options.footprint ?? env[CONFIG_ENVIRONMENT.footprint]);
  const region = options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || await regionOfProfile(env);
  const identity = identityOf(options, env);
  if (identity === undefined) return undefined;
  const key = footprintKey(identity, region, parameter);
  return new FootprintMemory(home.folder('cache'), key, options.now ?? Date.now).read()?.footprint;
}

async function regionOfProfile(env: NodeJS.ProcessEnv): Promise<string> {
  const { resolveRegion } = await import('../../aws/endpoint.js');
  return resolveRegion(undefined, env);
}
