import { ITaskScope } from './itask-scope';

/** What of a CodeBuild project is cached, and how. */
export interface CacheProjectOptions {
  /** Folders that are pulled before the commands and pushed after them, relative to the source's folder, such as `output`. */
  readonly paths: string[];

  /**
   * Scope that is written to, and read first.
   *
   * @default - the cache's scope `main`
   */
  readonly scope?: ITaskScope;

  /**
   * Whether what the commands made is kept. Without it the project's role may not write to the cache.
   *
   * @default true
   */
  readonly push?: boolean;

  /**
   * Whether the build fails if the cache does. Without it a line in the log says so, and the build goes on.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * Whether the project's own buildspec pulls and pushes, as one must that is a file of its source. The role, the variables and the program are
   * added all the same; `TaskCache.projectCommands` gives the commands.
   *
   * @default false
   */
  readonly ownCommands?: boolean;
}

/** Commands of a buildspec. */
export interface ProjectCommands {
  /** Before the build's own commands: the first of `phases.pre_build.commands`. */
  readonly pull: string[];

  /** After them, also if they fail: the first of `phases.build.finally`. */
  readonly push: string[];
}
