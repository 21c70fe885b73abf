import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAME, NOWHERE, ROOT, sandbox, succeed } from './sandbox';

const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

/** What a stack has already, where README.md says `declare`. */
const THERE: Readonly<Record<string, string>> = {
  vpc: 'new ec2.Vpc(this, \'Vpc\')',
  fn: `new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};'), vpc,
    })`,
  project: `new codebuild.Project(this, 'Project', {
      source: codebuild.Source.gitHub({ owner: 'example', repo: 'app' }),
      buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: ['make'] } } }),
    })`,
};

/** The constructs of README.md, tier by tier. */
export function snippets(): string[] {
  return [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
}

/** What the sentence above them says of names: constructs are the package's, `lambda` is `aws-cdk-lib/aws-lambda` and so on. */
export function importsOf(code: string, exported: readonly string[]): string[] {
  const names = [...new Set(code.match(/(?<![.\w])[A-Z]\w+/g))].filter((name) => exported.includes(name)).sort();
  const modules = [...new Set([...code.matchAll(/(?<![.\w])([a-z]\w+)\.[A-Z]/g)].map(([, name]) => name))].sort();
  return [...modules.map((name) => `import * as ${name} from 'aws-cdk-lib/aws-${name}';`), `import { ${names.join(', ')} } from '${NAME}';`];
}

/** The snippets one after the other, each with variables of its own. */
export function constructorOf(code: readonly string[]): string {
  const declared = new Set(code.flatMap((snippet) => [...snippet.matchAll(/^declare const (\w+)/gm)].map(([, name]) => name)));
  for (const name of declared) {
    if (!(name in THERE)) throw new Error(`README.md declares ${name}, which the app of this test has not: give it one in THERE`);
  }
  const there = Object.entries(THERE).map(([name, value]) => `const ${name} = ${value};`);
  return [...there, ...code.map((snippet) => `{\n${snippet.replace(/^declare .*\n/gm, '')}}`)].join('\n');
}

/** An app that `cdk init` makes, in a folder of the sandbox. Nothing is fetched: registry and proxy are where nobody listens. */
export class ExistingApp {
  constructor(readonly name: string) {}

  path(...path: string[]): string {
    return sandbox(this.name, ...path);
  }

  async generate(language: string): Promise<void> {
    mkdirSync(this.path());
    await this.cdk('init', 'app', '--language', language, '--generate-only');
  }

  /** The CDK's command line as its author calls it, a warning being a failure. */
  async cdk(...args: string[]): Promise<string> {
    return (await this.run(CDK, ...args, '--no-notices', '--no-version-reporting')).stdout;
  }

  /** A Node program in the app's folder. */
  run(...args: string[]): ReturnType<typeof succeed> {
    const env = { HOME: sandbox('home'), npm_config_registry: NOWHERE, HTTPS_PROXY: NOWHERE, CDK_DISABLE_CLI_TELEMETRY: 'true' };
    return succeed(args, { cwd: this.path(), env });
  }

  edit(path: string, change: (text: string) => string): void {
    const before = readFileSync(this.path(path), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`${path} is as it was: what "cdk init" makes has changed`);
    writeFileSync(this.path(path), after);
  }

  /** Of the one stack that was synthesized. */
  template(): object {
    const found = readdirSync(this.path('cdk.out')).filter((name) => name.endsWith('.template.json'));
    if (found.length !== 1) throw new Error(`expected one template, found ${JSON.stringify(found)}`);
    return JSON.parse(readFileSync(this.path('cdk.out', found[0]), 'utf8')) as object;
  }
}
