import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ACCOUNT, OUT, REGION, ROOT } from './places';
import { run } from '../checks';

const COMMAND = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
const QUIET = ['--no-notices', '--no-version-reporting', '--no-color', '--ci'];

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
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

  /** Does nothing on the second call. */
  async bootstrap(): Promise<void> {
    // With an assembly at hand the app itself need not run.
    await this.exec(['bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', this.out]);
  }

  async synthesize(context: Readonly<Record<string, string>> = {}): Promise<void> {
    rmSync(this.out, { recursive: true, force: true });
    mkdirSync(this.out, { recursive: true });
    const values = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
    await this.exec(['synth', '--quiet', '--strict', '--no-lookups', ...values, '--output', this.out]);
  }

  /** @returns the outputs of all stacks */
  async deploy(): Promise<Record<string, string>> {
    const file = join(this.out, '..', `${this.name}.outputs.json`);
    rmSync(file, { force: true });
    await this.exec(['deploy', '--all', '--require-approval', 'never', '--outputs-file', file, '--app', this.out]);
    const outputs = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>> : {};
    return Object.assign({}, ...Object.values(outputs)) as Record<string, string>;
  }

  async destroy(): Promise<void> {
    await this.exec(['destroy', '--all', '--force', '--app', this.out]);
  }

  /** What was synthesized last, by the stack's name. */
  templates(): Map<string, Template> {
    const { artifacts } = JSON.parse(readFileSync(join(this.out, 'manifest.json'), 'utf8')) as Manifest;
    const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
    return new Map(stacks.map(([id, { properties, displayName }]) => [
      properties.stackName ?? displayName ?? id,
      JSON.parse(readFileSync(join(this.out, properties.templateFile), 'utf8')) as Template,
    ]));
  }

  private exec(args: readonly string[]): Promise<string> {
    const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
    return run(process.execPath, [COMMAND, ...args, ...QUIET], { cwd: this.folder, env: { ...this.env, PATH, CI: 'true' } });
  }
}

interface Manifest {
  readonly artifacts: Record<string, { type: string; displayName?: string; properties: { stackName?: string; templateFile: string } }>;
}
