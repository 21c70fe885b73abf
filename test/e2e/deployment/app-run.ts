import { setTimeout as sleep } from 'node:timers/promises';
import { loadModule } from './app-module';
import type { App } from './apps';
import { Cdk } from './cdk';
import { destroy } from './destroy';
import type { E2e, E2eModule } from './kit';
import { events } from './kit/events';
import { http } from './kit/http';
import { assume, stranger, type Identity } from './kit/identity';
import { logs } from './kit/logs';
import { Screen } from './kit/screen';
import { Command } from './kit/terminal';
import { assertNotShown, dropped } from './not-shown';
import { examine } from './permissions';
import { assertKept } from './secrets';
import type { Servers } from './servers';
import { RADOSGW_CREDENTIALS } from './servers/radosgw';
import { describe, type DeployedStack } from './stack';
import { check, counts, note } from '../checks';

const DRIVE_LIMIT = 300_000; // milliseconds

export interface AppRunOptions {
  readonly app: App;
  readonly root: Identity;
  readonly servers: Servers;
  /** IAM is enforced. */
  readonly auth: boolean;
  /** Leaves it deployed. */
  readonly keep: boolean;
  /** Tries what is deployed. */
  readonly drive: boolean;
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
  /** Of its stacks, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** One app from its synthesis to its end. */
export class AppRun {
  private readonly cdk: Cdk;
  private readonly identities: Identity[] = [];
  private readonly screens: Screen[] = [];
  private module!: E2eModule;
  private outputs: Record<string, string> = {};
  private stack: DeployedStack | undefined;
  private deployments = 0;
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
    for (const screen of this.screens) await screen.close();
    return {
      name: this.options.app.name, resources: this.stack?.resources.length ?? 0, deploySeconds: this.deploySeconds,
      seconds: (performance.now() - start) / 1000, notShown: (this.stack ? dropped(this.stack.templates) : []).map(({ name }) => name),
      passed: after.passed - before.passed, failed: after.failed - before.failed, outputs: this.outputs,
    };
  }

  private async lifecycle(): Promise<void> {
    const { app, keep, drive, root } = this.options;
    const module = await this.check('e2e.ts', () => loadModule(app));
    if (module === undefined) return;
    this.module = module;
    const stack = await this.check('cdk synth --strict and cdk deploy', async () => {
      const start = performance.now();
      const deployed = await this.deploy({});
      this.deploySeconds = (performance.now() - start) / 1000;
      note(`${deployed.resources.length} resources in ${this.deploySeconds.toFixed(1)} s`);
      return deployed;
    });
    if (stack === undefined) return;
    if (drive) {
      await this.check('what the emulator drops is in the template as it should be', () => assertNotShown(stack.templates, module.notShown ?? {}));
      await this.tryOut();
    }
    if (keep) return;
    await this.check('cdk destroy: what is retained stays, the rest is gone', () => destroy(this.cdk, root, this.stack!, module.retained ?? []));
  }

  private async tryOut(): Promise<void> {
    const { auth, root, servers } = this.options;
    await this.check('drive', () => this.drive());
    await this.check('no secret is in a log, a template or an output', async () => {
      const { secrets, places } = await assertKept(root, this.stack!, this.outputs);
      note(`${secrets} secrets, ${places} places`);
    });
    if (!auth) note('IAM is not enforced, so nothing is said about permissions');
    else {
      await this.check('every permission is used, and none is missing', async () => {
        for (const { role, used, unused } of await examine(root, this.stack!, servers.ministack.authorizations, this.module.unused ?? [])) {
          note(`${role}: ${used} used`);
          for (const line of unused) note(`  not used: ${line}`);
        }
      });
    }
  }

  /** Fails for what would let a run pass that has shown nothing. */
  private async drive(): Promise<void> {
    const { app } = this.options;
    const checks = new Set<string>();
    let begun = 0;
    const e2e = this.kit(async (name, body) => {
      begun += 1;
      checks.add(name);
      await this.check(name, body);
      checks.delete(name);
    });
    const late = sleep(DRIVE_LIMIT, 'late', { ref: false });
    if (await Promise.race([this.module.drive(e2e), late]) === 'late') throw new Error(`drive has not ended after ${DRIVE_LIMIT / 60_000} minutes`);
    if (checks.size > 0) throw new Error(`drive ended before its checks: await check('${[...checks].join("'), check('")}')`);
    if (begun === 0) throw new Error('drive has checked nothing');
    if (app.isExample && this.deployments < 2) throw new Error('drive has not deployed the example a second time: e2e.deploy({ … })');
  }

  private async deploy(context: Readonly<Record<string, string>>): Promise<DeployedStack> {
    await this.cdk.synthesize({ ...this.module.context, ...context });
    this.outputs = await this.cdk.deploy();
    this.deployments += 1;
    return this.stack = await describe(this.options.root, this.cdk.templates());
  }

  private kit(checkOne: E2e['check']): E2e {
    const { root, servers } = this.options;
    const now = () => ({ outputs: this.outputs, stack: this.stack! });
    const known = async (identity: Promise<Identity>) => {
      this.identities.push(await identity);
      return identity;
    };
    return {
      get outputs() { return now().outputs; },
      get stack() { return now().stack; },
      root,
      note,
      check: checkOne,
      assume: (role) => known(assume(root, role)),
      stranger: () => known(stranger(root)),
      deploy: async (context) => { await this.deploy(context); },
      http: (url, options) => http(root.endpoint, url, options),
      redis: servers.redis.endpoint,
      terminal: (identity, ...args) => new Command(identity, args).result(),
      command: (identity, args, options) => new Command(identity, args, options),
      screen: async (identity, args, options) => {
        const screen = await Screen.open(identity, args, options);
        this.screens.push(screen);
        return screen;
      },
      logs: (functionName) => logs(root, functionName),
      radosgw: async () => ({ endpoint: (await servers.radosgw()).endpoint, credentials: RADOSGW_CREDENTIALS }),
      events: (pattern) => events(root, pattern),
    };
  }

  private check<T>(name: string, body: () => Promise<T> | T): Promise<T | undefined> {
    return check(`${this.options.app.name}: ${name}`, body);
  }
}
