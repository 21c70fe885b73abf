import { CONFIG_ENVIRONMENT } from '../../../lib/contract/config.js';
import type { ConfigConnectionOptions } from '../connection.js';
import type { ConfigFootprint } from '../footprint.js';
import { quietly } from '../home/file-system.js';
import type { Home } from '../home/home.js';
import { VersionedFile } from '../home/versioned-file.js';

/** Ways to footprints that are remembered; of more, the ones that were used longest ago are forgotten. */
const MAX_WAYS = 64;

interface Way { readonly way: string; readonly footprint: ConfigFootprint }

/**
 * What these options lead to, told by what is known without asking anybody: profile or key, Region, footprint, endpoint. Two accounts never
 * have one way.
 *
 * @returns undefined if it cannot be told: a function that gives credentials may give anybody's
 */
export async function wayOf(options: ConfigConnectionOptions): Promise<string | undefined> {
  const env = options.env ?? process.env;
  const footprint = options.footprint ?? env[CONFIG_ENVIRONMENT.footprint];
  const who = identityOf(options, env);
  if (!footprint || who === undefined) return undefined;
  const region = options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || await regionOfProfile(options.profile, env);
  const endpoint = options.endpoints?.ssm || env.AWS_ENDPOINT_URL_SSM || env.AWS_ENDPOINT_URL || '';
  return JSON.stringify([who, region, footprint, endpoint]);
}

/** The footprint that a way has led to before. @returns undefined if there is none that can be read */
export function remembered(home: Home, way: string): ConfigFootprint | undefined {
  let found: ConfigFootprint | undefined;
  quietly(() => { found = ways(fileIn(home)).find((each) => each.way === way)?.footprint; });
  return found;
}

/** Remembers where a way leads. Where nothing can be written, the next time will ask again. */
export function remember(home: Home, way: string, { remembered: _, ...footprint }: ConfigFootprint): void {
  quietly(() => {
    const file = fileIn(home);
    for (;;) {
      const generation = file.read()?.generation ?? 0;
      const known = ways(file);
      if (JSON.stringify(known[0]) === JSON.stringify({ way, footprint })) return;
      const next = [{ way, footprint }, ...known.filter((each) => each.way !== way)].slice(0, MAX_WAYS);
      if (file.replace(generation, JSON.stringify(next))) return;
    }
  });
}

function fileIn(home: Home): VersionedFile {
  return new VersionedFile(home.folder('cache'), 'footprints', { durable: false });
}

function ways(file: VersionedFile): Way[] {
  const content = file.read();
  try {
    return content === undefined ? [] : JSON.parse(content.bytes.toString()) as Way[];
  } catch {
    return [];
  }
}

function identityOf({ profile, credentials }: ConfigConnectionOptions, env: NodeJS.ProcessEnv): string | undefined {
  if (profile !== undefined) return `profile ${profile}`;
  if (typeof credentials === 'function') return undefined;
  const key = credentials?.accessKeyId ?? env.AWS_ACCESS_KEY_ID;
  return key ? `key ${key}` : `profile ${env.AWS_PROFILE || 'default'}`;
}

async function regionOfProfile(profile: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const { resolveRegion } = await import('../../aws/endpoint.js');
  return resolveRegion(undefined, profile === undefined ? env : { ...env, AWS_PROFILE: profile }).catch(() => '');
}
