import * as iam from 'aws-cdk-lib/aws-iam';

/** Which workflows of a GitHub repository assume a role. */
export interface GitHubRoleOptions {
  /** GitHub's provider in the account, of the address `https://token.actions.githubusercontent.com`. An account has at most one. */
  readonly provider: iam.IOIDCProviderRef;

  /** The repository, as `owner/name`. */
  readonly repository: string;

  /**
   * Branches whose workflows may. A pattern with `*`, such as `release/*`, lets in whoever may push a branch of such a name.
   *
   * @default - none; give branches, environments or pull requests
   */
  readonly branches?: string[];

  /**
   * GitHub's environments whose workflows may. They can ask for a person's approval.
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
