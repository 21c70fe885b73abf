import { TASK_ENVIRONMENT } from '../../../lib/contract/tasks.js';
import { limit } from '../../aws/http-limit.js';
import { ssmClient } from '../../aws/ssm.js';
import type { AwsClientOptions } from '../../aws/service-client.js';
import { S3ObjectStore } from '../../stores/s3-object-store.js';
import type { ObjectStore } from '../../stores/object-store.js';
import { TaskError } from '../errors.js';
import { readSwitches, TaskSwitches } from '../switches.js';
import type { TaskStorageOptions } from './options.js';
import type { StorageReporter } from './reporter.js';
import type { StorageSettings } from './settings.js';

export interface RemoteStore {
  readonly store: ObjectStore;
  close(): void;
}

/** The bucket, or what is given in its place. */
export function remoteStore(options: TaskStorageOptions, settings: StorageSettings): RemoteStore {
  const given = options.parts?.remote;
  if (given !== undefined) return { store: given, close() {} };
  const { bucket, region, endpoint, timeout } = settings;
  const store = new S3ObjectStore({ ...awsOf(options), bucket: bucket!, region, endpoint, timeout });
  return { store, close: () => store.close() };
}

/** Reads what is switched on. A parameter that cannot be read switches nothing off. */
export function switchesOf(
  options: TaskStorageOptions, { timeout, strict }: StorageSettings, reporter: StorageReporter,
): (signal?: AbortSignal) => Promise<TaskSwitches> {
  const given = options.switches ?? ((options.env ?? process.env)[TASK_ENVIRONMENT.switches] || undefined);
  if (typeof given !== 'string') {
    const switches = new TaskSwitches(given ?? {});
    return () => Promise.resolve(switches);
  }
  let last = TaskSwitches.ON;
  return async (signal) => {
    const bounded = limit(timeout, signal);
    const ssm = ssmClient(awsOf(options));
    try {
      return last = await readSwitches(ssm, given, bounded.signal);
    } catch (error) {
      signal?.throwIfAborted();
      reporter.storeError(`parameter ${given}`, 'read the switches', error);
      if (strict) throw new TaskError('E_TASK_STORE', `cannot read the switches in the parameter ${JSON.stringify(given)}`, { cause: error });
      return last;
    } finally {
      bounded.close();
      ssm.destroy();
    }
  };
}

function awsOf({ credentials, env, parts }: TaskStorageOptions): AwsClientOptions {
  return { credentials, ...(env && { env: env as NodeJS.ProcessEnv }), ...(parts?.clock && { now: () => parts.clock!.now() }) };
}
