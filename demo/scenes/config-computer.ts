import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from '../../cli/run';
import { ConfigConnection } from '../../runtime/config/connection';
import { LocalConfigCache } from '../../runtime/config/local';

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A computer with a home folder of its own, where somebody works with a footprint. */
export class Computer {
  readonly connection: ConfigConnection;
  readonly names: LocalConfigCache;
  private readonly home = mkdtempSync(join(tmpdir(), 'demo-home-'));
  private readonly env: Readonly<Record<string, string>>;

  /** @param access where the servers are, and keys for them */
  constructor(access: Readonly<Record<string, string>>) {
    this.env = {
      ...access, CACHE_TIERS_HOME: this.home, HOME: this.home, AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(this.home, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(this.home, 'none'),
    };
    this.connection = new ConfigConnection({ env: this.env });
    this.names = new LocalConfigCache({ connection: this.connection });
  }

  /** The same copy of the names, as a process without network finds it. */
  withoutNetwork(): LocalConfigCache {
    const nowhere = 'http://127.0.0.1:1';
    return new LocalConfigCache({ env: { ...this.env, AWS_ENDPOINT_URL_SSM: nowhere, AWS_ENDPOINT_URL_DYNAMODB: nowhere } });
  }

  /** `cache-tiers config …`, away from a terminal. */
  async command(...args: string[]): Promise<Printed> {
    const [stdout, stderr] = [new Recorder(), new Recorder()];
    const code = await run(['config', ...args], {
      stdin: Readable.from([]), stdout, stderr, env: this.env, signal: new AbortController().signal,
    });
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  /** How many files of the home folder have one of the texts in them, of how many. */
  filesWith(texts: readonly string[]): { readonly found: number; readonly files: number } {
    const all = readdirSync(this.home, { recursive: true, encoding: 'utf8' }).map((name) => join(this.home, name));
    const files = all.filter((file) => statSync(file).isFile());
    return { files: files.length, found: files.filter((file) => texts.some((text) => readFileSync(file).includes(text))).length };
  }

  close(): void {
    this.connection.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

class Recorder extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
