import type { ConfigGroupOptions } from './group-options.js';

/** Options of `config restore`. */
export interface RestoreOptions extends ConfigGroupOptions {
  readonly version?: string;
  readonly time?: string;
  readonly prefix?: string;
  readonly removeLater?: boolean;
  readonly includeReplicas?: boolean;
  readonly plan?: string;
  readonly apply?: string;
  readonly oldestLabels?: string;
  readonly rate?: string;
  /** False with --no-verify. */
  readonly verify?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}
