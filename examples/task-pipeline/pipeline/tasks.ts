import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineTask, files, type TaskInstance } from 'cdk-cache-tiers/tasks';
import type { Estate, StackPlace } from './estate';

const ACCOUNTS = ['111111111111', '222222222222', '333333333333', '444444444444'];
const REGIONS = ['eu-west-1', 'eu-west-3'];
const PORTFOLIO = 'baseline';

/** The workflow: what is to be there in each account and Region. */
export interface Workflow {
  /** All but the triggers: 37 tasks. What they bring about stays, so a second run has nothing to do. */
  readonly lasting: readonly TaskInstance[];
  /** With those that set something off, each time: 41 tasks. */
  readonly all: readonly TaskInstance[];
  /** One of them, to ask about. */
  readonly logging: TaskInstance;
}

/**
 * Tasks as Service Catalog Puppet has them, by the same names. What each of them needs is said here, and nowhere in what order they run.
 *
 * @param root folder of `templates`
 */
export function workflowIn(estate: Estate, root: string): Workflow {
  const template = (product: string) => readFile(join(root, 'templates', `${product}.yaml`), 'utf8');

  // Found out in the hub, once for each Region: an artifact's parameters do not change, another artifact is another template.
  const artifactParameters = defineTask({
    family: 'ProvisioningArtifactParametersTask', kind: 'read', policy: 'forever',
    params: { product: 'string', region: 'string' },
    inputs: ({ product }) => ({ template: files(`templates/${product}.yaml`) }),
    run: async ({ params: { product } }) => estate.describeParameters(await template(product)),
  });

  // Anybody may withdraw a share, so it is looked for before it is believed.
  const share = defineTask({
    family: 'ShareAndAcceptPortfolioTask', kind: 'ensure', policy: { epoch: 'shares' },
    params: { portfolio: 'string', account: 'string', region: 'string' },
    run: async ({ params: { portfolio, account, region } }) => {
      await estate.share(portfolio, account, region);
      return { portfolio };
    },
    verify: ({ params: { portfolio, account, region } }) => estate.isShared(portfolio, account, region),
  });

  const eventBus = defineTask({
    family: 'EnsureEventBridgeEventBusTask', kind: 'ensure', policy: 'forever',
    params: { account: 'string', region: 'string' },
    run: ({ params: { account, region } }) => estate.createEventBus(account, region),
  });

  const network = defineTask({
    family: 'ProvisionNetworkTask', kind: 'ensure', policy: 'forever',
    params: { account: 'string', region: 'string' },
    requires: ({ account, region }) => ({
      parameters: artifactParameters({ product: 'network', region }), share: share({ portfolio: PORTFOLIO, account, region }),
    }),
    inputs: { template: files('templates/network.yaml') },
    run: async ({ params, requires }) => estate.provision(at(params, 'network'), await template('network'), defaults(requires.parameters.value)),
    // Not whether a stack is there, but whether it is this one: an edit that is taken back has a result from before, and the stack is another.
    verify: async ({ params, requires }) =>
      estate.isProvisioned(at(params, 'network'), await template('network'), defaults(requires.parameters.value)),
  });

  const logging = defineTask({
    family: 'ProvisionLoggingTask', kind: 'ensure', policy: 'forever', priority: 1,
    params: { account: 'string', region: 'string' },
    requires: ({ account, region }) => ({ parameters: artifactParameters({ product: 'logging', region }), network: network({ account, region }) }),
    inputs: { template: files('templates/logging.yaml') },
    run: async ({ params, requires: { parameters, network: { value: { outputs } } } }) =>
      estate.provision(at(params, 'logging'), await template('logging'), { ...defaults(parameters.value), ...outputs }),
    verify: async ({ params, requires: { parameters, network: { value: { outputs } } } }) =>
      estate.isProvisioned(at(params, 'logging'), await template('logging'), { ...defaults(parameters.value), ...outputs }),
  });

  // A result may have files. They are fetched from the cache when somebody asks for them.
  const report = defineTask({
    family: 'ReportTask', kind: 'read', policy: 'forever',
    requires: () => ({ stacks: spokes.map((spoke) => logging(spoke)) }),
    run: async ({ requires, output }) => {
      const lines = requires.stacks.map(({ value: { stackId, outputs } }) => `- ${stackId}: ${Object.values(outputs).join(', ')}`);
      await writeFile(output.path('report.md'), `# Stacks\n\n${lines.join('\n')}\n`);
      return { stacks: lines.length };
    },
  });

  // It happens each time: nothing of it is ever reused.
  const deployInSpoke = defineTask({
    family: 'RunDeployInSpokeTask', kind: 'trigger',
    params: { account: 'string' },
    requires: ({ account }) => ({ stacks: REGIONS.map((region) => logging({ account, region })) }),
    run: ({ params: { account } }) => estate.deployInSpoke(account),
  });

  const spokes = ACCOUNTS.flatMap((account) => REGIONS.map((region) => ({ account, region })));
  const lasting = [report(), ...spokes.map((spoke) => eventBus(spoke))];
  return { lasting, all: [...lasting, ...ACCOUNTS.map((account) => deployInSpoke({ account }))], logging: logging(spokes[0]!) };
}

const at = ({ account, region }: Omit<StackPlace, 'stack'>, stack: string): StackPlace => ({ account, region, stack });

const defaults = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'default']));
