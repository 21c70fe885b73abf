// The tiers in a Python app that `cdk init` has made: the Python of the READMEs, in the stack that is there.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { note } from '../checks';
import { run } from '../processes';

const ROOT = join(__dirname, '../../..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
/** In this order one goes on with what the others have defined. */
const TIERS = ['memo-cache', 'config-cache', 'live-cache', 'task-cache'];
const INDENT = ' '.repeat(8);

export interface ExistingAppOptions {
  /** Where it is generated: anew each time. */
  readonly folder: string;
  /** A virtual environment with the CDK and our wheel. */
  readonly venv: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The Python of a README, which is a program of its own. */
function pythonOf(tier: string): string {
  const found = [...readFileSync(join(ROOT, 'lib', tier, 'README.md'), 'utf8').matchAll(/^```python\n(.*?)^```$/gms)].map(([, code]) => code);
  if (found.length === 0) throw new Error(`lib/${tier}/README.md has no Python`);
  return found.join('');
}

/** Its imports, and what is left for a stack that has another name and an app already. */
function partsOf(program: string): { readonly imports: string; readonly body: string } {
  const IMPORT = /^from \S+ import (?:\([^)]*\)|.*)\n/gm;
  const body = program.replace(IMPORT, '').replace(/^(?:app = App\(\)|stack = Stack\(.*\)|app\.synth\(\))\n/gm, '');
  return { imports: [...program.matchAll(IMPORT)].map(([statement]) => statement).join(''), body };
}

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} is as it was: what "cdk init" makes has changed`);
  writeFileSync(file, after);
}

/** Generates the app, adds the tiers, synthesizes it by its own cdk.json and runs its own test. Nothing is fetched. */
export async function checkExistingApp({ folder, venv, env }: ExistingAppOptions): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const app = join(folder, 'my_app');
  mkdirSync(app, { recursive: true });
  const PATH = [join(venv, 'bin'), process.env.PATH].join(delimiter); // the generated cdk.json calls python3
  const options = { cwd: app, env: { ...env, PATH } };
  const cdk = (...args: string[]) => run(process.execPath, [CDK, ...args, '--no-notices', '--no-version-reporting'], options);

  await cdk('init', 'app', '--language', 'python', '--generate-only');
  const [wanted] = /^aws-cdk-lib.*$/m.exec(readFileSync(join(app, 'requirements.txt'), 'utf8')) ?? ['nothing'];
  note(`its requirements.txt asks for ${wanted}; it is given the oldest that the package supports`);

  const { imports, body } = partsOf(TIERS.map(pythonOf).join(''));
  edit(join(app, 'my_app/my_app_stack.py'), (text) => imports + text.replace(/^ +# The code that defines your stack goes here$/m,
    ['stack = self', ...body.split('\n')].map((line) => line === '' ? '' : INDENT + line).join('\n')));
  await cdk('synth', '--quiet', '--strict', '--no-lookups');
  const [template, ...more] = readdirSync(join(app, 'cdk.out')).filter((name) => name.endsWith('.template.json'));
  if (template === undefined || more.length > 0) throw new Error(`expected one template, found ${JSON.stringify([template, ...more])}`);
  const { Resources } = JSON.parse(readFileSync(join(app, 'cdk.out', template), 'utf8')) as { Resources: Record<string, { Type: string }> };
  note(`${Object.keys(Resources).length} resources`);

  // pytest is not installed; of what it does with the generated file this is enough.
  edit(join(app, 'tests/unit/test_my_app_stack.py'), (text) => text.replace(/^# {5}template\.[\s\S]*/m, '')
    + '\n    template.resource_count_is("AWS::CodeBuild::Project", 1)\n    template.resource_count_is("AWS::ECS::Service", 1)\n');
  await run(join(venv, 'bin/python'), ['-c', 'from tests.unit.test_my_app_stack import *; test_sqs_queue_created()'], options);
}
