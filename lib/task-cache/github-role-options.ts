import * as iam from 'aws-cdk-lib/aws-iam';

/** Which workflows of a GitHub repository assume a role. */
export interface GitHubRoleOptions {
  /** GitHub's provider in the account, of the address `https://token.actions.githubusercontent.com`. An account has at most one. */
  readonly provider: iam.IOIDCProviderRef;

  /**
   * The repository, as GitHub's tokens name it: `owner/name`, in its own upper and lower case. Those of repositories that were defined or renamed
   * from the summer of 2026 on, and of those that have opted in, have numbers that stay, of the owner and of the repository:
   * `owner@12/name@34`.
   */
  readonly repository: string;

  /**
   * Branches whose workflows may. A pattern with `*`, such as `release/*`, lets in whoever may push a branch of such a name.
   *
   * @default - none; give branches, environments or pull requests
   */
  readonly branches?: string[];

  /**
   * GitHub's environments whose workflows may: of all branches, and of pull requests as well, for a job names its environment itself. So protect it
   * there, by a rule which branches deploy to it, or who approves.
   *
   * @default - none; give branches, environments or pull requests
   */
  readonly environments?: string[];

  /**
   * Whether workflows of pull requests may, whoever wrote what they run. A role of theirs is for them alone.
   *
   * @default false
   */
  readonly pullRequests?: boolean;

  /**
   * Whether the role may write to the scope, besides reading.
   *
   * @default true
   */
  readonly push?: boolean;
}
