import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';

const PROJECT = 'AWS::CodeBuild::Project';
export const OUTPUT = { paths: ['output'] };
export const PULL = '(cd "$CODEBUILD_SRC_DIR" && node "$CODEBUILD_SRC_DIR_cache_tiers/index.js" tasks pull --path \'output\') '
  + '|| echo "cache-tiers: pull failed, and the build goes on without it"';
export const PUSH = PULL.replaceAll('pull', 'push');

export const gitHub = () => codebuild.Source.gitHub({ owner: 'example', repo: 'app' });

export function newProject(stack: Stack, buildSpec?: codebuild.BuildSpec, props: codebuild.ProjectProps = {}): codebuild.Project {
  return new codebuild.Project(stack, 'Project', { source: gitHub(), buildSpec, ...props });
}

interface Rendered {
  readonly Source: { readonly BuildSpec?: unknown };
  readonly SecondarySources?: unknown[];
  readonly Environment: { readonly EnvironmentVariables?: { readonly Name: string; readonly Value: unknown }[] };
}

export const rendered = (stack: Stack) =>
  (Object.values(Template.fromStack(stack).findResources(PROJECT)) as { Properties: Rendered }[])[0].Properties;

export const variablesOf = (stack: Stack) =>
  Object.fromEntries((rendered(stack).Environment.EnvironmentVariables ?? []).map(({ Name, Value }) => [Name, Value]));
