import type { App } from './apps';
import { Cdk } from './cdk';
import { exists } from './existence';
import type { E2e, E2eModule } from './kit';
import { events } from './kit/events';
import { httpGet } from './kit/http';
import { assume, stranger, type Identity } from './kit/identity';
import { logs } from './kit/logs';
import { terminal } from './kit/terminal';
import { assertNotShown, dropped } from './not-shown';
import { examine } from './permissions';
import type { Servers } from './servers';
import { RADOSGW_CREDENTIALS } from './servers/radosgw';
import { describe, type DeployedResource, type DeployedStack } from './stack';
import { check, counts, note } from '../checks';

export interface AppRunOptions {
  readonly app: App;
  readonly root: Identity;
  /** File of IAM's decisions; undefined if IAM is not enforced. */
  readonly authorizations?: string;
  readonly servers: Servers;
  /** Leaves it deployed. */
  readonly keep: boolean;
}

export interface AppResult {
  readonly name: string;
  readonly resources: number;
  readonly deploySeconds: number;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  /** What the emulator does nothing about. */
  readonly notShown: readonly string[];
}

/** One app from its synthesis to its end. */
export class AppRun {
  private readonly cdk: Cdk;
  private readonly identities: Identity[] = [];
  private outputs: Record<string, string> = {};
  private stack!: DeployedStack;
  private notShown: string[] = [];
  private deploySeconds = 0;

  constructor(private readonly options: AppRunOptions) {
    const { app, root } = options;
    this.cdk = new Cdk(app.folder, app.name, root.environment);
  }

  async run(): Promise<AppResult> {
    const before = counts();
    const start = performance.now();
    await this.lifecycle();
    const after = counts();
    for (const identity of this.identities) identity.destroy();
    return {
      name: this.options.app.name, resources: this.stack?.resources.length ?? 0, deploySeconds: this.deploySeconds,
      seconds: (performance.now() - start) / 1000, notShown: this.notShown,
      passed: after.passed - before.passed, failed: after.failed - before.failed,
    };
  }

  private async lifecycle(): Promise<void> {
    const { app } = this.options;
    const synthesized = await this.check('cdk synth --strict', () => this.cdk.synthesize().then(() => true));
    if (!synthesized) return;
    const module = await this.check('e2e.ts', async () => await import(app.module) as E2eModule);
    const deployed = module && await this.check('cdk bootstrap and cdk deploy', async () => {
      await this.cdk.bootstrap();
      const start = performance.now();
      await this.deploy();
      this.deploySeconds = (performance.now() - start) / 1000;
      note(`${this.stack.resources.length} resources in ${this.deploySeconds.toFixed(1)} s`);
      return true;
    });
    if (!deployed) return;
    await this.check('what the emulator drops is in the template as it should be', () => {
      this.notShown = Object.keys(dropped(this.stack.templates));
      assertNotShown(this.stack.templates, module.notShown ?? {});
    });
    await this.check('drive', async () => { await module.drive(this.kit()); return true; });
    await this.examinePermissions(module);
    if (!this.options.keep) await this.check('cdk destroy: what is retained stays, the rest is gone', () => this.destroy());
  }

  private async examinePermissions({ unused = [] }: E2eModule): Promise<void> {
    const { authorizations, root } = this.options;
    if (authorizations === undefined) return note('IAM is not enforced, so nothing is said about permissions');
    await this.check('every permission is used, and none is missing', async () => {
      for (const report of await examine(root, this.stack, authorizations, unused)) {
        note(`${report.role}: ${report.used} used`);
        for (const line of report.unused) note(`  not used: ${line}`);
      }
    });
  }

  private async deploy(): Promise<void> {
    this.outputs = await this.cdk.deploy();
    this.stack = await describe(this.options.root, this.cdk.templates());
  }

  private async destroy(): Promise<void> {
    const { root } = this.options;
    const before = this.stack.resources;
    const there = await Promise.all(before.map((resource) => exists(root, resource)));
    await this.cdk.destroy();
    const left = await Promise.all(before.map((resource) => exists(root, resource)));
    const seen = before.map((resource, i) => ({ resource, there: there[i], left: left[i] }));
    const wrong = seen.filter(({ resource, there: was, left: is }) => was === true && is !== resource.retained)
      .map(({ resource }) => nameOf(resource));
    if (wrong.length > 0) throw new Error(`should be gone and is there, or should be retained and is gone:\n${wrong.join('\n')}`);
    const retained = before.filter((resource) => resource.retained);
    note(`${seen.filter(({ there: was }) => was === true).length - retained.length} gone, ${retained.length} retained`);
    const unknown = [...new Set(seen.filter(({ there: was }) => was === undefined).map(({ resource }) => resource.type))];
    if (unknown.length > 0) note(`not looked for: ${unknown.join(', ')}`);
  }

  private kit(): E2e {
    const { root, servers } = this.options;
    const now = () => ({ outputs: this.outputs, stack: this.stack });
    const known = async (identity: Promise<Identity>) => {
      this.identities.push(await identity);
      return identity;
    };
    return {
      get outputs() { return now().outputs; },
      get stack() { return now().stack; },
      root,
      note,
      check: async (name, body) => { await this.check(name, body); },
      assume: (role) => known(assume(root, role)),
      stranger: () => known(stranger(root)),
      deploy: async (context) => {
        await this.cdk.synthesize(context);
        await this.deploy();
      },
      http: (url) => httpGet(root.endpoint, url),
      terminal: (identity, ...args) => terminal(identity, args),
      logs: (functionName) => logs(root, functionName),
      radosgw: async () => ({ endpoint: (await servers.radosgw()).endpoint, credentials: RADOSGW_CREDENTIALS }),
      events: (pattern) => events(root, pattern),
    };
  }

  private check<T>(name: string, body: () => Promise<T> | T): Promise<T | undefined> {
    return check(`${this.options.app.name}: ${name}`, body);
  }
}

function nameOf({ type, path, physicalId }: DeployedResource): string {
  return `${type} ${path} (${physicalId})`;
}
