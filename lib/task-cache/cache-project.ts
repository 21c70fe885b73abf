import { Annotations, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct, IConstruct } from 'constructs';
import { withCommands } from './buildspec';
import { ITaskScope } from './itask-scope';
import { CacheProjectOptions, ProjectCommands } from './project-options';
import { buildsPullRequests } from './project-webhook';
import { recordPullRequests } from './pull-requests';
import { TASK_ENVIRONMENT } from '../contract/tasks';
import { bundledCommandLine } from '../private/bundled-function';
import { show, validationError } from '../private/errors';
import { checkEach, checkPattern } from '../private/validation';

/** On the project itself, so that nothing outlives the app. */
const CACHED = Symbol.for('cdk-cache-tiers.TaskCache.project');

/** Identifier of the project's source that is the command line. */
const SOURCE = 'cache_tiers';

/** Where it is, in a project that can have no further source. */
const PROGRAM = 'CACHE_TIERS_PROGRAM';
const FOLDER = '../cache-tiers-program';

/** Types of sources of a project that can have no further ones. */
const ALONE = ['CODEPIPELINE', 'NO_SOURCE'];

/** Puts a cache around a project's commands. */
export function cacheProject(cache: IConstruct, scope: ITaskScope, project: codebuild.Project, options: CacheProjectOptions): void {
  if (CACHED in project) throw validationError(cache, `project ${show(project.node.path)} is cached already: give all paths at once`);
  const commands = commandsFor(project, options);
  Object.defineProperty(project, CACHED, { value: scope.node.path });
  if (buildsPullRequests(project)) strangers(scope, project, options);
  if (options.push ?? true) scope.grantPush(project);
  else scope.grantPull(project);
  const resource = project.node.defaultChild as codebuild.CfnProject;
  addVariables(resource, { ...variables(scope, options), ...addProgram(project) });
  if (options.ownCommands) return;
  const { buildSpec } = sourceOf(resource);
  resource.source = { ...sourceOf(resource), buildSpec: changed(cache, project, buildSpec, commands) };
}

/** Whoever gives a scope has thought of what it is for. */
function strangers(scope: ITaskScope, project: codebuild.Project, options: CacheProjectOptions): void {
  const push = options.push ?? true;
  recordPullRequests(scope, project, push);
  if (!push || options.scope !== undefined) return;
  Annotations.of(project).addWarningV2('@cdk-cache-tiers/tasks:buildsPullRequests',
    `project ${show(project.node.path)} builds pull requests, by its webhook, and pushes to the scope ${show(scope.scopeName)}: `
    + 'whoever opens one can change what later builds begin with. Build them by a project of their own, with a scope of their own, '
    + 'or set push to false');
}

/** What a project's buildspec must run. */
export function commandsFor(project: codebuild.Project, options: CacheProjectOptions): ProjectCommands {
  checkPaths(project, options.paths);
  checkSystem(project);
  const alone = hasOneSourceOnly(project);
  const program = alone ? `${FOLDER}/index.js` : `$CODEBUILD_SRC_DIR_${SOURCE}/index.js`;
  const fetch = [`aws s3 cp --only-show-errors "$${PROGRAM}" ${FOLDER}.zip`, `unzip -qo ${FOLDER}.zip -d ${FOLDER}`];
  const run = (command: string) => {
    const steps = [
      'cd "$CODEBUILD_SRC_DIR"', ...(alone && command === 'pull' ? fetch : []), `node "${program}" tasks ${command}${argumentsOf(options)}`,
    ];
    // In a shell of its own: what a build's commands have changed of theirs is not to matter, and the other way round.
    const line = `(${steps.join(' && ')})`;
    return options.strict ? line : `${line} || echo "cache-tiers: ${command} failed, and the build goes on without it"`;
  };
  return { pull: [run('pull')], push: options.push ?? true ? [run('push')] : [] };
}

function argumentsOf({ paths, strict }: CacheProjectOptions): string {
  return [...paths.map((path) => ` --path '${path}'`), ...(strict ? [' --strict'] : [])].join('');
}

function checkPaths(scope: Construct, paths: string[]): void {
  checkEach(scope, 'paths', paths, (name, value) => {
    checkPattern(scope, name, value, /^(?!-)[^'\0-\x1f\x7f]+$/, 'a folder such as "output", without quotes, and without a hyphen in front');
  });
  const names = paths.filter((path) => !Token.isUnresolved(path)).map((path) => path.replace(/\/+$/, '').split('/').at(-1));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validationError(scope, `paths has two folders called ${show(twice)}, which is what they are known by: rename one`);
}

function checkSystem(project: codebuild.Project): void {
  const { type } = (project.node.defaultChild as codebuild.CfnProject).environment as codebuild.CfnProject.EnvironmentProperty;
  if (!type.startsWith('WINDOWS')) return;
  throw validationError(project, `environment.buildImage is of the type ${show(type)}, and the commands are for a shell of Linux: `
    + 'use a LinuxBuildImage');
}

/** Without what is of a computer that stays: a build begins with an empty one. */
function variables(scope: ITaskScope, { push }: CacheProjectOptions): { [name: string]: string } {
  const { [TASK_ENVIRONMENT.metrics]: _, ...environment } = scope.environment;
  return { ...environment, [TASK_ENVIRONMENT.mode]: push ?? true ? 'remote:rw' : 'remote:r' };
}

/** The command line, in the package's own build: nothing is installed in a build. */
function addProgram(project: codebuild.Project): { [name: string]: string } {
  const asset = new assets.Asset(project, 'CacheTiers', { path: bundledCommandLine(project) });
  if (!hasOneSourceOnly(project)) { // a source grants itself
    project.addSecondarySource(codebuild.Source.s3({ identifier: SOURCE, bucket: asset.bucket, path: asset.s3ObjectKey }));
    return {};
  }
  asset.bucket.grantRead(project, asset.s3ObjectKey); // the asset's own grantRead is on everything in that bucket
  return { [PROGRAM]: asset.s3ObjectUrl };
}

/** Variables that the project has already are the user's. */
function addVariables(resource: codebuild.CfnProject, added: { readonly [name: string]: string }): void {
  const environment = resource.environment as codebuild.CfnProject.EnvironmentProperty;
  const known = (environment.environmentVariables ?? []) as readonly codebuild.CfnProject.EnvironmentVariableProperty[];
  const names = known.map(({ name }) => name);
  const wanted = Object.entries(added).filter(([name]) => !names.includes(name)).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' }));
  resource.environment = { ...environment, environmentVariables: [...known, ...wanted] };
}

const sourceOf = (resource: codebuild.CfnProject) => resource.source as codebuild.CfnProject.SourceProperty;

function hasOneSourceOnly(project: codebuild.Project): boolean {
  return ALONE.includes(sourceOf(project.node.defaultChild as codebuild.CfnProject).type);
}

/** What is known only when the app is synthesized, as a buildspec with CloudFormation's own values is, is changed then. */
function changed(cache: IConstruct, project: codebuild.Project, buildSpec: string | undefined, commands: ProjectCommands): string {
  const change = (resolved: unknown) => {
    const text = withCommands(resolved, commands);
    if (typeof text === 'string') return text;
    throw validationError(cache, `project ${show(project.node.path)} has the buildspec ${show(text.foreign)}, which cannot be changed here: `
      + 'use codebuild.BuildSpec.fromObject, or set ownCommands and put into it '
      + `phases.pre_build.commands: ${show(commands.pull)}, phases.build.finally: ${show(commands.push)}`);
  };
  if (!Token.isUnresolved(buildSpec)) return change(buildSpec);
  return Lazy.uncachedString({ produce: () => change(Stack.of(project).resolve(buildSpec)) });
}
