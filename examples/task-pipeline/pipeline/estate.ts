import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What of all accounts is kept in the file. */
interface Contents {
  /** `<portfolio> <account> <region>`. */
  shares: string[];
  /** `<account> <region>`. */
  buses: string[];
  /** SHA-256 of template and parameters, by `<account> <region> <stack>`. */
  stacks: Record<string, string>;
  /** How often something was deployed from inside an account. */
  deployments: Record<string, number>;
}

export interface ProvisionedStack {
  readonly stackId: string;
  /** What the template says in its lines `Outputs.<name>: <value>`. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Several accounts of an organization, in a JSON file in place of AWS. Each call takes a while, as calls do, and is counted. */
export class Estate {
  /** How often each operation was called. */
  readonly calls = new Map<string, number>();
  private readonly contents: Contents;

  /** @param latency of a call, in milliseconds */
  constructor(private readonly file: string, private readonly latency = 25) {
    this.contents = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Contents : { shares: [], buses: [], stacks: {}, deployments: {} };
  }

  /** Names of the parameters that a product's template takes. */
  async describeParameters(template: string): Promise<string[]> {
    await this.call('DescribeProvisioningParameters');
    return [...template.matchAll(/^Parameters\.(\w+):/gm)].map(([, name]) => name!);
  }

  async share(portfolio: string, account: string, region: string): Promise<void> {
    await this.call('CreatePortfolioShare');
    await this.call('AcceptPortfolioShare');
    this.change(({ shares }) => shares.push(`${portfolio} ${account} ${region}`));
  }

  async isShared(portfolio: string, account: string, region: string): Promise<boolean> {
    await this.call('ListPortfolioAccess');
    return this.contents.shares.includes(`${portfolio} ${account} ${region}`);
  }

  async createEventBus(account: string, region: string): Promise<string> {
    await this.call('CreateEventBus');
    this.change(({ buses }) => buses.push(`${account} ${region}`));
    return `arn:aws:events:${region}:${account}:event-bus/hub`;
  }

  async provision(place: StackPlace, template: string, parameters: Readonly<Record<string, string>>): Promise<ProvisionedStack> {
    await this.call('UpdateStack', 4);
    this.change(({ stacks }) => { stacks[nameOf(place)] = digestOf(template, parameters); });
    const outputs = Object.fromEntries([...template.matchAll(/^Outputs\.(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]));
    return { stackId: `arn:aws:cloudformation:${place.region}:${place.account}:stack/${place.stack}`, outputs };
  }

  /** Whether the stack is there, and is of this template and these parameters. */
  async isProvisioned(place: StackPlace, template: string, parameters: Readonly<Record<string, string>>): Promise<boolean> {
    await this.call('DescribeStacks');
    return this.contents.stacks[nameOf(place)] === digestOf(template, parameters);
  }

  async deployInSpoke(account: string): Promise<number> {
    await this.call('StartBuild');
    return this.change(({ deployments }) => deployments[account] = (deployments[account] ?? 0) + 1);
  }

  /** Somebody deletes a stack at the console: nobody here is told. */
  deleteStack(place: StackPlace): void {
    this.change(({ stacks }) => { delete stacks[nameOf(place)]; });
  }

  /** Forgets what was counted. */
  uncount(): void {
    this.calls.clear();
  }

  private async call(operation: string, times = 1): Promise<void> {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
    await sleep(this.latency * times);
  }

  private change<T>(by: (contents: Contents) => T): T {
    const result = by(this.contents);
    writeFileSync(this.file, JSON.stringify(this.contents, undefined, 2));
    return result;
  }
}

/** Where a stack is. */
export interface StackPlace {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
}

const nameOf = ({ account, region, stack }: StackPlace) => `${account} ${region} ${stack}`;

const digestOf = (template: string, parameters: object) => createHash('sha256').update(template).update(JSON.stringify(parameters)).digest('hex');
