import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineTask, files, type TaskInstance } from 'cdk-cache-tiers/tasks';

export const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1'];

/** Tasks of so many accounts: the parameters of each Region, three for each account and Region, and the report. */
export const tasksOf = (accounts: number) => REGIONS.length + 3 * accounts * REGIONS.length + 1;

/** Where things are brought about, in place of AWS: every call takes a while and is written down, in a file that all processes share. */
export class Cloud {
  private calls = 0;

  /**
   * @param pace milliseconds of the shortest call
   * @param stopsAfter calls from which on none comes to its end
   * @param planted whether what it answers is another's
   */
  constructor(
    private readonly root: string, private readonly pace: number, private readonly stopsAfter = Infinity, private readonly planted = false,
  ) {}

  async call(task: string, share: number, answer: string): Promise<string> {
    if (++this.calls > this.stopsAfter) await new Promise(() => {});
    await sleep(this.pace * share);
    appendFileSync(join(this.root, 'calls'), `${task}\n`);
    return this.planted ? 'planted' : answer;
  }

  template(name: string): string {
    return readFileSync(join(this.root, `${name}.yaml`), 'utf8').trim();
  }
}

export interface Workflow {
  /** What there is to be at the end: all else is required by it. */
  readonly report: TaskInstance<Record<string, string>>;
  readonly logging: TaskInstance<string>;
}

/** A landing zone: in every account and Region a share of the portfolio, a network, and logging in it. */
export function workflowIn(cloud: Cloud, accounts: readonly string[]): Workflow {
  const parameters = defineTask({
    family: 'ArtifactParameters', kind: 'read', policy: { ttl: '7d' },
    params: { region: 'string' },
    run: ({ params: { region } }) => cloud.call(`parameters ${region}`, 2, `parameters of ${region}`),
  });
  const place = { account: 'string', region: 'string' } as const;
  const share = defineTask({
    family: 'SharePortfolio', kind: 'ensure', policy: { epoch: 'shares' },
    params: place,
    run: ({ params: { account, region } }) => cloud.call(`share ${account} ${region}`, 1, `shared with ${account}`),
  });
  const network = defineTask({
    family: 'ProvisionNetwork', kind: 'ensure', policy: 'forever',
    params: place,
    requires: ({ account, region }) => ({ parameters: parameters({ region }), share: share({ account, region }) }),
    inputs: { template: files('network.yaml') },
    run: ({ params: { account, region } }) => cloud.call(`network ${account} ${region}`, 3, cloud.template('network')),
  });
  const logging = defineTask({
    family: 'ProvisionLogging', kind: 'ensure', policy: 'forever', priority: 1,
    params: place,
    requires: ({ account, region }) => ({ network: network({ account, region }) }),
    inputs: { template: files('logging.yaml') },
    run: ({ params: { account, region } }) => cloud.call(`logging ${account} ${region}`, 2, cloud.template('logging')),
  });
  const report = defineTask({
    family: 'Report', kind: 'read', policy: 'forever',
    params: { accounts: 'string[]' },
    requires: ({ accounts }) => ({ stacks: accounts.flatMap((account) => REGIONS.map((region) => logging({ account, region }))) }),
    run: async ({ params, requires: { stacks } }) => {
      await cloud.call(`report ${params.accounts.join(' ')}`, 1, 'written');
      return Object.fromEntries(stacks.map(({ value }, i) => [`stack ${i + 1}`, value]));
    },
  });
  return { report: report({ accounts }), logging: logging({ account: accounts[0]!, region: REGIONS[0]! }) };
}
