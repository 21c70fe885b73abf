import type { GlobalOptions } from '../context.js';

/** Options of all config commands. */
export interface ConfigGroupOptions extends GlobalOptions {
  readonly footprint?: string;
  readonly profile?: string;
  /** False with --no-vault. */
  readonly vault?: boolean;
}
