import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { ConfigService } from '../../runtime/config/connection-options.js';
import { UsageError, type Io } from '../context.js';
import type { ConfigGroupOptions } from './group-options.js';

const SERVICES: readonly ConfigService[] = ['ssm', 'dynamodb', 'kms', 'sqs'];

/** A connection by the command line and its environment. Whoever opens it closes it. */
export async function openConnection(options: ConfigGroupOptions, io: Io): Promise<ConfigConnection> {
  if (options.profile === '') throw new UsageError('--profile is empty: give the name of a profile');
  if (options.footprint === '') throw new UsageError('--footprint is empty: give the name of a footprint');
  const [{ ConfigConnection }, { credentialsOf }] = await Promise.all([import('../../runtime/config/connection.js'), import('./credentials.js')]);
  const credentials = credentialsOf(options, io);
  return new ConfigConnection({
    footprint: options.footprint, region: options.region, env: io.env, endpoints: endpointsOf(io.env), credentials,
    profile: options.profile ?? (credentials && (io.env.AWS_PROFILE || 'default')), // so that it is known whose credentials they are
  });
}

/** Runs something on what is deployed, and closes its connections. */
export async function withConfig<T>(options: ConfigGroupOptions, io: Io, run: (connection: ConfigConnection) => Promise<T>): Promise<T> {
  const connection = await openConnection(options, io);
  try {
    return await run(connection);
  } finally {
    connection.close();
  }
}

/** Those of the environment that the command was given, which may be another than the process's. */
function endpointsOf(env: Io['env']): { readonly [service in ConfigService]?: string } {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return {};
  const found = SERVICES.map((service) => [service, env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL] as const);
  return Object.fromEntries(found.filter(([, url]) => url));
}
