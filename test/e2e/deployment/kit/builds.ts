import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Identity } from './identity';
import { run } from '../../processes';
import { ACCOUNT, REGION, VENV } from '../places';
import type { DeployedStack } from '../stack';

interface Phase {
  readonly commands?: readonly string[];
  readonly finally?: readonly string[];
}

interface Source {
  readonly SourceIdentifier?: string;
  readonly Location: unknown;
  readonly BuildSpec?: string;
}

interface ProjectProperties {
  readonly Source: Source;
  readonly SecondarySources: readonly Source[];
  readonly Environment: { readonly EnvironmentVariables: readonly { readonly Name: string; readonly Value: unknown }[] };
}

export interface BuildResult {
  readonly succeeded: boolean;
  /** What the commands have printed, in order. */
  readonly log: string;
  /** The source's folder, as the build has left it. */
  readonly folder: string;
}

/** Of those that a template may have in place of a text. */
interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::Sub'?: string;
  readonly 'Fn::GetStackOutput'?: { readonly StackName: string; readonly OutputName: string };
}

interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;

/**
 * Builds of a deployed project as CodeBuild's documentation describes them, on this computer: the emulator has projects, and runs nothing of them.
 * Sources come from S3, and the buildspec is of version 0.2 and JSON.
 */
export class Builds {
  private readonly folders: string[] = [];

  /**
   * @param stack gives what is deployed now
   * @param path the project's, as far as it needs to be told from others
   * @param role a session of the project's role: CodeBuild fetches the sources under it, and commands have its credentials
   */
  constructor(private readonly stack: () => DeployedStack, private readonly path: string, private readonly role: Identity) {}

  /**
   * One build, in folders of its own.
   *
   * @param change the sources, before the commands run: another commit
   */
  async build(change: (folder: string) => void = () => {}): Promise<BuildResult> {
    const place = mkdtempSync(join(tmpdir(), 'task-pipeline-build-'));
    this.folders.push(place);
    const { Source: source, SecondarySources: more, Environment: { EnvironmentVariables: variables } } = this.project();
    const folders = await this.sources([source, ...more], place);
    change(folders.CODEBUILD_SRC_DIR!);
    const environment = Object.fromEntries(variables.map(({ Name, Value }) => [Name, this.textOf(Value)]));
    const env = { PATH: process.env.PATH ?? '', HOME: place, ...this.role.environment, ...environment, ...folders };
    const commands = (list: readonly string[] = []) => shell(list, folders.CODEBUILD_SRC_DIR!, env);

    const { phases } = JSON.parse(source.BuildSpec!) as { readonly phases: Readonly<Record<string, Phase>> };
    let [log, succeeded] = ['', true];
    for (const phase of PHASES.map((name) => phases[name])) {
      if (phase === undefined || !succeeded) continue;
      const [main, last] = [await commands(phase.commands), await commands(phase.finally)];
      succeeded &&= main.code === 0 && last.code === 0;
      log += main.printed + last.printed;
    }
    return { succeeded, log, folder: folders.CODEBUILD_SRC_DIR! };
  }

  close(): void {
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  private project(): ProjectProperties {
    const { logicalId } = this.stack().find('AWS::CodeBuild::Project', this.path);
    const templates = [...this.stack().templates.values()];
    return templates.map(({ Resources }) => Resources[logicalId]).find((found) => found !== undefined)!.Properties as unknown as ProjectProperties;
  }

  /** Fetches and unpacks them. @returns the variables that say where they are */
  private async sources(all: readonly Source[], place: string): Promise<Record<string, string>> {
    const named = all.map(async ({ SourceIdentifier, Location }, index) => {
      const [, bucket, key] = /(cdk-[\w-]+)\/(\w+\.zip)/.exec(this.textOf(Location))!;
      const { Body } = await this.role.as(S3Client).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const [file, folder] = [join(place, `${index}.zip`), join(place, `src${index}`)];
      writeFileSync(file, await Body!.transformToByteArray());
      mkdirSync(folder);
      await run(join(VENV, 'bin/python'), ['-m', 'zipfile', '-e', file, folder]);
      return [SourceIdentifier === undefined ? 'CODEBUILD_SRC_DIR' : `CODEBUILD_SRC_DIR_${SourceIdentifier}`, folder];
    });
    return Object.fromEntries(await Promise.all(named)) as Record<string, string>;
  }

  /** What a deployment makes of a value of the template. */
  private textOf(value: unknown): string {
    if (typeof value === 'string') return value;
    const { Ref, 'Fn::Join': joined, 'Fn::Sub': sub, 'Fn::GetStackOutput': output } = value as Intrinsic;
    if (joined !== undefined) return joined[1].map((part) => this.textOf(part)).join(joined[0]);
    if (sub !== undefined) return sub.replace(/\$\{(.*?)\}/g, (_, name: string) => this.textOf({ Ref: name }));
    if (output !== undefined) return this.textOf(this.stack().templates.get(output.StackName)!.Outputs![output.OutputName].Value);
    const known: Readonly<Record<string, string>> = { 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT };
    const resource = this.stack().resources.find(({ logicalId }) => logicalId === Ref);
    const text = known[Ref ?? ''] ?? resource?.physicalId;
    if (text === undefined) throw new Error(`the project has ${JSON.stringify(value)}, which is not known here`);
    return text;
  }
}

/** Of version 0.2: all in one shell, and the first that fails is the last. */
function shell(commands: readonly string[], cwd: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-ec', commands.join('\n')], { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { printed += text; });
    child.stdin.end();
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, printed }));
  });
}
