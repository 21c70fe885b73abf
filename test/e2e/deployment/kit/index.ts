import type { HttpOptions, HttpResponse } from './http';
import type { Credentials, Identity } from './identity';
import type { BusEvent } from './events';
import type { Screen, ScreenOptions } from './screen';
import type { Command, CommandOptions, TerminalResult } from './terminal';
import type { DeployedStack } from '../stack';

export { eventually, refused } from '../../../../runtime/testing';
export { emptyQueues } from './queues';
export { run } from '../../processes';
export { Builds, type BuildResult } from './builds';
export { assume, assumeAsService, assumeByToken, newRole } from './identity';
export type { BusEvent, Command, CommandOptions, DeployedStack, HttpOptions, HttpResponse, Identity, Screen, ScreenOptions, TerminalResult };

/** What an app's `e2e.ts` is given, once the app is deployed. */
export interface E2e {
  /** Outputs of all stacks, as they are after the last deployment. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly stack: DeployedStack;
  /**
   * The account itself: to look, to damage, to move time. IAM refuses it nothing, so what it may do shows nothing;
   * drive the app with roles.
   */
  readonly root: Identity;

  /** One thing that is shown. What fails is counted, and the next check runs. */
  check(name: string, body: () => Promise<void> | void): Promise<void>;
  /** A line above that of the check that is running. */
  note(line: string): void;

  /** @param role its ARN: an output */
  assume(role: string): Promise<Identity>;
  /** A role that nobody granted anything. */
  stranger(): Promise<Identity>;
  /** Deploys the app again, with other context beside the module's own. An example must be deployed again once: people do. */
  deploy(context: Readonly<Record<string, string>>): Promise<void>;

  /** Calls what has a URL: an API, a function. */
  http(url: string, options?: HttpOptions): Promise<HttpResponse>;
  /** URL of a redis-server, which is not part of the emulator. */
  readonly redis: string;
  /** The cache-tiers command, as somebody. */
  terminal(identity: Identity, ...args: string[]): Promise<TerminalResult>;
  /** The same, to be given input, or to be killed. */
  command(identity: Identity, args: readonly string[], options?: CommandOptions): Command;
  /** The cache-tiers command at a terminal of some size, as somebody who sits there. */
  screen(identity: Identity, args: readonly string[], options: ScreenOptions): Promise<Screen>;
  /** What a function has logged. */
  logs(functionName: string): Promise<string[]>;
  /** Starts a second S3 server, which is not the emulator: for an app that takes the endpoint of any. */
  radosgw(): Promise<{ readonly endpoint: string; readonly credentials: Credentials }>;
  /** Events of the default bus that match a pattern: each call of the function that it gives returns what has come since. */
  events(pattern: object): Promise<() => Promise<BusEvent[]>>;
}

/** An action of a role's policy that the run does not use, and why it is there all the same. */
export interface Unused {
  /** Construct path of the role, or of a construct that it is in. */
  readonly role: string;
  readonly actions: readonly string[];
  /** The resource's ARN, or a part that no other has: where the role has the action in more than one statement. */
  readonly on?: string;
  readonly why: string;
}

/** An app's `e2e.ts`. */
export interface E2eModule {
  /** Context that the app is synthesized with, as `cdk deploy --context name=value`. @default - none */
  readonly context?: Readonly<Record<string, string>>;
  /** Drives the deployed app. */
  readonly drive: (e2e: E2e) => Promise<void>;
  /**
   * Actions that the run does not use. One that it does use, or that no policy has, must not be listed.
   */
  readonly unused?: readonly Unused[];
  /** Construct paths of what stays when the stacks are destroyed: that, and nothing else, must be RETAIN. @default - nothing */
  readonly retained?: readonly string[];
  /**
   * What the emulator accepts and does nothing about, as the template must have it: `<construct path>.<property>` to its value, or
   * `<construct path>` to the properties that matter where nothing is behind the whole resource. Everything of that kind must be listed.
   */
  readonly notShown?: Readonly<Record<string, unknown>>;
}
