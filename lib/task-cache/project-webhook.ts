import * as codebuild from 'aws-cdk-lib/aws-codebuild';

/** What a pull request brings, before somebody has merged it. */
const BROUGHT = /PULL_REQUEST_(CREATED|UPDATED|REOPENED)/;

/** As far as it is known at synthesis. */
type Known<T> = { readonly [P in keyof T]?: unknown };

/** Whether a webhook has the project build what pull requests bring. Without filters it builds everything. */
export function buildsPullRequests(project: codebuild.Project): boolean {
  const { triggers } = project.node.defaultChild as codebuild.CfnProject;
  const { webhook, filterGroups } = (triggers ?? {}) as Known<codebuild.CfnProject.ProjectTriggersProperty>;
  if (webhook !== true) return false;
  const groups = (Array.isArray(filterGroups) ? filterGroups : []) as readonly unknown[];
  return groups.length === 0 || groups.some((group) => BROUGHT.test(JSON.stringify(group)));
}
