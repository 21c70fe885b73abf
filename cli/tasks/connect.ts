import { TASK_ENVIRONMENT } from '../../lib/contract/tasks.js';
import type { TaskOperator } from '../../runtime/tasks/operator/operator.js';
import type { TaskStorage } from '../../runtime/tasks/storage/task-storage.js';
import { credentialsOf } from '../config/credentials.js';
import { UsageError, type Io } from '../context.js';
import type { TasksGroupOptions } from './group-options.js';

/** Opens what command line and environment name. Nothing is asked of it yet. @throws UsageError, InvalidArgumentError */
export async function openStorage(
  options: TasksGroupOptions, io: Io, more: { readonly strict?: boolean; readonly timeout?: number } = {},
): Promise<TaskStorage> {
  const { readScopes, switches } = options;
  for (const name of ['scope', 'namespace', 'mode', 'bucket', 'endpoint', 'folder', 'switches', 'profile'] as const) {
    if (options[name] === '') throw new UsageError(`--${name} is empty: give a value, or leave it out`);
  }
  const { TaskStorage } = await import('../../runtime/tasks/storage/task-storage.js');
  return TaskStorage.open({
    ...more,
    mode: options.mode, bucket: options.bucket, region: options.region, endpoint: options.endpoint, scope: options.scope,
    namespace: options.namespace, folder: options.folder, switches, env: environment(options, io), credentials: credentialsOf(options, io),
    ...(readScopes !== undefined && { readScopes: readScopes.split(',').map((scope) => scope.trim()).filter((scope) => scope !== '') }),
  });
}

/** Runs something on the cache, which fails if the cache does, and closes its connections. */
export async function withOperator<T>(
  options: TasksGroupOptions, io: Io, run: (operator: TaskOperator, storage: TaskStorage) => Promise<T>,
): Promise<T> {
  const storage = await openStorage(options, io, { strict: true });
  const [{ TaskOperator }, { ssmClient }] = await Promise.all([
    import('../../runtime/tasks/operator/operator.js'), import('../../runtime/aws/ssm.js'),
  ]);
  const name = switchesOf(options, io);
  const ssm = name === undefined ? undefined : ssmClient({ env: environment(options, io), credentials: credentialsOf(options, io), maxAttempts: 4 });
  try {
    return await run(new TaskOperator(storage, name === undefined ? {} : { switches: { name, ssm: ssm! } }), storage);
  } finally {
    ssm?.destroy();
    await storage.close();
  }
}

/** Name of the SSM parameter. */
export function switchesOf({ switches }: TasksGroupOptions, { env }: Pick<Io, 'env'>): string | undefined {
  return switches ?? (env[TASK_ENVIRONMENT.switches] || undefined);
}

/** Metrics go to standard output, which is the results'. */
function environment({ region, profile }: TasksGroupOptions, { env }: Pick<Io, 'env'>): NodeJS.ProcessEnv {
  return { ...env, [TASK_ENVIRONMENT.metrics]: undefined, ...(region && { AWS_REGION: region }), ...(profile && { AWS_PROFILE: profile }) };
}
