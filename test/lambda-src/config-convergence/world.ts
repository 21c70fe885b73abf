import { ParameterStoreError, ParameterStoreModel } from '../../support/parameter-store';
import type { Answer, Input, Operation } from '../../support/parameter-store';
import type { Random } from './random';

export const HOME = { account: '123456789012', region: 'us-east-1' } as const;
export const NAMESPACES = ['/app', '/shared'];

export const NAMES = [
  ...Array.from({ length: 145 }, (_, i) => `/app/service-${i % 12}/${i}`),
  ...Array.from({ length: 40 }, (_, i) => `/shared/${i}`),
  ...Array.from({ length: 4 }, (_, i) => `/app/copies/${i}`), '/app/merged/1',
  '/app', '/app/hot', '/apple', '/apple/a', '/shared-not/a', 'unslashed', 'app', '/other/a', '/other/b', '/other/c',
];
const FEW = NAMES.slice(0, 6);

/** What a record says of a put. */
export interface ToldPut {
  readonly name: string;
  readonly version?: number;
  readonly time: number;
  /** As it is stored. */
  readonly value: string;
}

interface Put {
  readonly plain: string;
  readonly secure: boolean;
}

/** A Parameter Store in which something happens. */
export class World {
  time = Date.UTC(2026, 0, 15, 23, 30);
  readonly model = new ParameterStoreModel({ now: () => this.time, ...HOME, typeChange: 'allowed' });
  private readonly putsByKey = new Map<string, Put>();
  private thaw: (() => void) | undefined;

  constructor(private readonly random: Random) {
    // What the replicator puts.
    this.model.intercept({ after: ({ operation, input }, answer) => {
      if (operation !== 'PutParameter') return;
      const { Name, Value, Type } = input as Input<'PutParameter'>;
      this.remember(Name!, (answer as Answer<'PutParameter'>).Version!, Value!, Type === 'SecureString');
    } });
  }

  /** Whether it has happened, and the value is the one that was written: of a SecureString its ciphertext. */
  wasPut({ name, version, time, value }: ToldPut): boolean {
    const put = this.putsByKey.get(`${name} ${version} ${time}`);
    if (put === undefined) return false;
    return put.secure ? value !== put.plain && this.model.decrypt(value) === put.plain : value === put.plain;
  }

  /** Decrypted. */
  value(name: string): string | undefined {
    if (!this.model.names().includes(name)) return undefined;
    return this.model.do('GetParameter', { Name: name, WithDecryption: true }).Parameter?.Value;
  }

  private remember(name: string, version: number, plain: string, secure: boolean): void {
    this.putsByKey.set(`${name} ${version} ${this.time}`, { plain, secure });
  }

  /** Reads may be old for a while. */
  private freeze(): void {
    if (this.thaw === undefined && this.random.chance(0.02)) this.thaw = this.model.freezeReads();
    else if (this.thaw !== undefined && this.random.chance(0.1)) this.settle();
  }

  /** Reads are true from now on. */
  settle(): void {
    this.thaw?.();
    this.thaw = undefined;
  }

  /** One operation. Some are refused, as a user's are. */
  operate(): void {
    const { random } = this;
    this.freeze();
    this.time += random.chance(0.3) ? random.below(3) : random.below(random.chance(0.05) ? 120_000 : 1_500);
    const name = this.name();
    const kind = random.below(100);
    if (kind < 14) this.call('DeleteParameter', { Name: name });
    else if (kind < 18) this.call('DeleteParameters', { Names: [...new Set(Array.from({ length: 1 + random.below(10) }, () => this.name()))] });
    else if (kind < 26) this.label(name);
    else this.put(name);
  }

  private name(): string {
    if (this.random.chance(0.05)) return '/app/hot';
    return this.random.chance(0.1) ? this.random.pick(FEW) : this.random.pick(NAMES);
  }

  private put(name: string): void {
    const { random } = this;
    const kind = random.below(100);
    const type = kind < 20 ? 'SecureString' : kind < 30 ? 'StringList' : 'String';
    const advanced = random.chance(0.1);
    const expires = advanced && random.chance(0.5) ? new Date(this.time + 1_000 + random.below(60_000)).toISOString() : undefined;
    const value = `value ${random.below(1e9)}`.padEnd(advanced ? 5_000 : 0, '.');
    const answer = this.call('PutParameter', {
      Name: name, Type: type, Value: value, Overwrite: random.chance(0.9), Tier: advanced ? 'Advanced' : undefined,
      Description: random.chance(0.2) ? `description ${random.below(9)}` : undefined,
      Policies: expires && JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: expires } }]),
    });
    if (answer) this.remember(name, answer.Version!, value, type === 'SecureString');
  }

  private label(name: string): void {
    const version = this.random.chance(0.3) ? undefined : 1 + this.random.below(4);
    this.call('LabelParameterVersion', { Name: name, ParameterVersion: version, Labels: [this.random.pick(['live', 'former', 'next'])] });
  }

  private call<O extends Operation>(operation: O, input: Input<O>): Answer<O> | undefined {
    try {
      return this.model.do(operation, input);
    } catch (error) {
      if (!(error instanceof ParameterStoreError)) throw error;
      return undefined;
    }
  }
}
