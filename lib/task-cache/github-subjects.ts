import { Construct } from 'constructs';
import { GitHubRoleOptions } from './github-role-options';
import { show, validationError } from '../private/errors';
import { checkEach, checkPattern } from '../private/validation';

/** Asterisks are IAM's as well as ours; of what else IAM would take for a pattern or a variable there is nothing. */
const BRANCH = /^(?!\*+$)[\w./+@#=,*-]+$/;
const ENVIRONMENT = /^[\w./+@#=, -]+$/;

/** With or without the numbers that newer repositories have in their tokens. */
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*(?:\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/;

/** The `sub` of GitHub's tokens, as conditions have it. */
export function gitHubSubjects(scope: Construct, options: GitHubRoleOptions): string[] {
  const { repository, branches, environments, pullRequests } = options;
  checkPattern(scope, 'repository', repository, REPOSITORY, 'one repository, as "owner/name" or "owner@12/name@34", without a pattern');
  checkEach(scope, 'branches', branches, (name, value) => {
    checkPattern(scope, name, value, BRANCH, 'a branch such as "main", or a pattern such as "release/*", but not all branches');
  });
  checkEach(scope, 'environments', environments, (name, value) => {
    checkPattern(scope, name, value, ENVIRONMENT, 'the name of an environment, without a pattern');
  });
  const trusted = [
    ...(branches ?? []).map((branch) => `ref:refs/heads/${branch}`),
    ...(environments ?? []).map((environment) => `environment:${environment}`),
  ];
  if (pullRequests && trusted.length > 0) {
    throw validationError(scope, `pullRequests is true, beside ${show(trusted)}: a pull request runs what its author wrote, `
      + 'so give it a role of its own, in a scope of its own');
  }
  const subjects = pullRequests ? ['pull_request'] : trusted;
  if (subjects.length === 0) {
    throw validationError(scope, 'branches, environments and pullRequests are missing: say which workflows may assume the role');
  }
  return subjects.map((subject) => `repo:${repository}:${subject}`);
}
