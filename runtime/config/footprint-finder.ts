import type { CredentialSource } from '../aws/credential-sources.js';
import { within } from '../aws/service-client.js';
import type { SsmClient } from '../aws/ssm.js';
import { Deadline } from '../resilience/deadline.js';
import { footprintKey } from './footprint-key.js';
import { FootprintMemory } from './footprint-memory.js';
import { footprintParameter, readFootprint, type ConfigFootprint } from './footprint.js';
import type { Home } from '../home/home.js';
import { isUnreachable } from './values/read-errors.js';
import { tellConfigError } from './values/telemetry.js';

export interface FootprintFinderOptions {
  readonly footprint: string | undefined;
  /** Who asks: two of them may mean different accounts. Undefined: nobody can tell, and nothing is remembered. */
  readonly identity: string | undefined;
  readonly region: () => Promise<string>;
  readonly ssm: () => SsmClient;
  readonly home: () => Home | undefined;
  readonly credentials: CredentialSource;
  readonly now: () => number;
}

/** Milliseconds that Parameter Store has to answer: where there is something to fall back to, and where there is nothing. */
const PATIENCE = { withMemory: 5_000, without: 30_000 } as const;
/** Parameter Store is left alone for so long after it could not be reached, in milliseconds. */
const ASK_AGAIN = 30_000;

/** Finds the footprint: in Parameter Store once, and while that cannot be reached, in the home folder. */
export class FootprintFinder {
  private found?: ConfigFootprint;
  private finding?: Promise<ConfigFootprint>;
  private offline?: { readonly reason: Error; readonly since: number };

  constructor(private readonly options: FootprintFinderOptions) {}

  async find(signal?: AbortSignal): Promise<ConfigFootprint> {
    if (this.found !== undefined) return this.found;
    this.finding ??= this.read().finally(() => { this.finding = undefined; });
    return signal === undefined ? this.finding : within(this.finding, 'the footprint', signal);
  }

  async remembered(): Promise<ConfigFootprint | undefined> {
    return this.withAge((await this.memory())?.read());
  }

  private async read(): Promise<ConfigFootprint> {
    const memory = await this.memory();
    const known = this.remember('read', () => memory?.read());
    const { offline } = this;
    const isOffline = offline !== undefined && Math.abs(this.options.now() - offline.since) < ASK_AGAIN;
    if (isOffline && known !== undefined) return this.withAge(known, offline.reason)!;
    try {
      const footprint = await this.ask(known !== undefined);
      this.remember('write', () => memory?.write(footprint));
      return this.found = footprint;
    } catch (error) {
      if (known === undefined || !isUnreachable(error)) throw error;
      this.offline = { reason: error as Error, since: this.options.now() };
      return this.withAge(known, error as Error)!;
    }
  }

  private async ask(hasMemory: boolean): Promise<ConfigFootprint> {
    await this.options.credentials(); // which may mean that somebody types a code: no deadline for that
    const deadline = new Deadline(hasMemory ? PATIENCE.withMemory : PATIENCE.without);
    try {
      return await readFootprint(this.options.ssm(), footprintParameter(this.options.footprint), await this.options.region(), deadline.signal);
    } finally {
      deadline.close();
    }
  }

  private async memory(): Promise<FootprintMemory | undefined> {
    const parameter = footprintParameter(this.options.footprint);
    const region = await this.options.region();
    const { identity } = this.options;
    if (identity === undefined) return undefined;
    const key = footprintKey(identity, region, parameter);
    return this.remember('open', () => {
      const home = this.options.home();
      return home && new FootprintMemory(home.folder('cache'), key, this.options.now);
    });
  }

  /** The home folder is a help, not a need: what is wrong with it is told by those who need it. */
  private remember<T>(what: string, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      tellConfigError(`footprint memory ${what}`, error);
      return undefined;
    }
  }

  private withAge(known: ReturnType<FootprintMemory['read']>, reason?: Error): ConfigFootprint | undefined {
    return known && { ...known.footprint, remembered: { age: Math.max(0, this.options.now() - known.at), ...(reason && { reason }) } };
  }
}
