import { Size } from 'aws-cdk-lib';

/** Port of the Redis protocol. */
export const DRAGONFLY_PORT = 6379;

/** Port of health checks and metrics. Whoever reaches it needs no password. */
export const DRAGONFLY_ADMIN_PORT = 9999;

export interface DragonflyFlagsProps {
  readonly proactorThreads: number;
  readonly maxMemory: Size;
  /** Whether io_uring is never even tried. */
  readonly forceEpoll: boolean;
  readonly further: { readonly [flag: string]: string };
}

/**
 * The command line of the server. Threads and memory are always given: inside of a container Dragonfly would take both from what it
 * sees of the machine. The password is no flag, which the task definition would show.
 */
export function dragonflyCommand({ proactorThreads, maxMemory, forceEpoll, further }: DragonflyFlagsProps): string[] {
  const flags = {
    proactor_threads: `${proactorThreads}`,
    maxmemory: `${maxMemory.toMebibytes()}M`,
    // No file: nothing is saved at the end, nor loaded at the start. What an index held before is of no use after.
    dbfilename: '',
    ...(forceEpoll && { force_epoll: 'true' }),
    version_check: 'false',
    // Otherwise metrics and a console would be had without a password, on the clients' port.
    primary_port_http_enabled: 'false',
    admin_port: `${DRAGONFLY_ADMIN_PORT}`,
    admin_nopass: 'true',
    ...further,
  };
  return ['dragonfly', '--logtostderr', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}

/** Flags that have properties of their own, or on which the construct relies. */
export const OWN_FLAGS: readonly string[] = [
  'proactor_threads', 'maxmemory', 'dbfilename', 'force_epoll', 'version_check', 'logtostderr', 'primary_port_http_enabled', 'admin_port',
  'admin_nopass', 'requirepass', 'port',
];
