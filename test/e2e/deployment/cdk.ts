import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ACCOUNT, OUT, REGION, ROOT } from './places';
import { run } from '../processes';

const COMMAND = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
/** Milliseconds. A custom resource that never answers would hold the deployment longer. */
const DEPLOY_LIMIT = 120_000;
/** Stacks of the app's stages too, which `--all` leaves out. */
const ALL = '**';
const QUIET = ['--no-notices', '--no-version-reporting', '--no-color', '--ci'];

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

/** The CDK's command line, run in an app's folder as its author runs it. */
export class Cdk {
  private readonly out: string;

  constructor(readonly folder: string, readonly name: string, private readonly env: Readonly<Record<string, string>>) {
    this.out = join(OUT, 'cdk.out', name);
  }

  async synthesize(context: Readonly<Record<string, string>> = {}): Promise<void> {
    rmSync(this.out, { recursive: true, force: true });
    mkdirSync(this.out, { recursive: true });
    const values = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
    await this.exec(['synth', ALL, '--quiet', '--strict', '--no-lookups', ...values, '--output', this.out]);
  }

  /** @returns the outputs of all stacks */
  async deploy(): Promise<Record<string, string>> {
    const file = join(this.out, '..', `${this.name}.outputs.json`);
    rmSync(file, { force: true });
    await this.exec(['deploy', ALL, '--require-approval', 'never', '--outputs-file', file, '--app', this.out], DEPLOY_LIMIT);
    const outputs = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>> : {};
    const entries = Object.values(outputs).flatMap((each) => Object.entries(each));
    const twice = entries.find(([name], i) => entries.findIndex(([other]) => other === name) !== i);
    if (twice) throw new Error(`two stacks have an output ${twice[0]}: e2e.ts sees the outputs of all stacks under their names`);
    return Object.fromEntries(entries);
  }

  async destroy(): Promise<void> {
    await this.exec(['destroy', ALL, '--force', '--app', this.out]);
  }

  /** What was synthesized last, by the stack's name. */
  templates(): Map<string, Template> {
    const templates = new Map(stacksIn(this.out));
    for (const [name, { Resources }] of templates) {
      const nested = Object.keys(Resources).find((logicalId) => Resources[logicalId].Type === 'AWS::CloudFormation::Stack');
      if (nested) throw new Error(`${name} has the nested stack ${nested}: what is in it would not be looked at`);
    }
    return templates;
  }

  private exec(args: readonly string[], limit?: number): Promise<string> {
    return cdk(args, this.folder, this.env, limit);
  }
}

/** Prepares the emulator for deployments, once. */
export async function bootstrap(env: Readonly<Record<string, string>>): Promise<void> {
  await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], OUT, env); // a folder without an app
}

function cdk(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>, limit?: number): Promise<string> {
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return run(process.execPath, [COMMAND, ...args, ...QUIET], { cwd, limit, env: { ...env, PATH, CI: 'true' } });
}

/** Of an assembly, and of the stages in it. */
function stacksIn(folder: string): [string, Template][] {
  const { artifacts } = readJson(join(folder, 'manifest.json')) as Manifest;
  return Object.entries(artifacts).flatMap(([id, { type, displayName, properties }]): [string, Template][] => {
    if (type === 'cdk:cloud-assembly') return stacksIn(join(folder, properties.directoryName));
    if (type !== 'aws:cloudformation:stack') return [];
    return [[properties.stackName ?? displayName ?? id, readJson(join(folder, properties.templateFile)) as Template]];
  });
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as unknown;

interface Manifest {
  readonly artifacts: Record<string, {
    readonly type: string;
    readonly displayName?: string;
    readonly properties: { readonly stackName?: string; readonly templateFile: string; readonly directoryName: string };
  }>;
}
