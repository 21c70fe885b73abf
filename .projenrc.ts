import { awscdk, javascript, typescript } from 'projen';
import { subpaths } from './build-tools/subpaths';

/** The names under which each language's registry knows this package. */
const NAMES = {
  npm: 'cdk-cache-tiers',
  pypi: { distName: 'cdk-cache-tiers', module: 'cdk_cache_tiers' },
  maven: { javaPackage: 'io.github.cdkcachetiers', mavenGroupId: 'io.github.cdkcachetiers', mavenArtifactId: 'cdk-cache-tiers' },
  go: { moduleName: 'github.com/cdk-cache-tiers/cdk-cache-tiers-go' },
  nuget: { dotNetNamespace: 'CdkCacheTiers', packageId: 'CdkCacheTiers' },
};

const project = new awscdk.AwsCdkConstructLibrary({
  name: NAMES.npm,
  description: 'AWS CDK constructs for cache tiers, with the Lambda handlers that maintain them, the clients that read them and a command line',
  author: 'The cdk-cache-tiers authors',
  authorAddress: 'cdk-cache-tiers@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-cache-tiers/cdk-cache-tiers.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk-cache-tiers authors',
  keywords: [
    'aws', 'aws-cdk', 'cache', 'dynamodb', 'memoize', 'lambda', 'parameter-store', 'ssm', 'configuration', 'audit-log', 'arrow', 'dragonfly', 'sse-c',
  ],
  stability: 'experimental',

  packageManager: javascript.NodePackageManager.NPM,
  addPackageManagerToDevEngines: false,
  minNodeVersion: '20.16.0',
  allowScripts: ['esbuild', '@parcel/watcher', 'unrs-resolver', 'classic-level'],

  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  // 2.270.0 is the first release in which cdk-nag's finding ids can be acknowledged and TableV2 is free of deprecation warnings.
  cdkVersion: '2.270.0',
  constructsVersion: '10.5.1',
  publishToPypi: NAMES.pypi,
  publishToMaven: NAMES.maven,
  publishToGo: NAMES.go,
  publishToNuget: NAMES.nuget,

  bundledDeps: [
    'lru-cache@^11.5.3',
    '@leeoniya/ufuzzy@^1.0.19', // fuzzy search over 100,000 names without an index in memory; no dependencies
  ],
  devDeps: [
    // constructs and handlers
    'aws-cdk@^2.1148.1', 'cdk-nag@^3.0.2', 'esbuild@^0.28.2', '@types/aws-lambda@^8',
    // handlers, bundled: Powertools logs, measures and reports failed items as AWS's own conventions say.
    // Not its tracer: it brings the X-Ray SDK, which is in maintenance and a fifth of a handler's size
    ...['batch', 'logger', 'metrics'].map((utility) => `@aws-lambda-powertools/${utility}@~2.35.0`),
    // clients: the SDK is an optional peer of users who bring their own client or profile
    '@aws-sdk/client-dynamodb@~3.1162.0', '@aws-sdk/credential-provider-node@^3',
    '@napi-rs/keyring@^2.1.2', // the vault's key in the OS keychain: an optional peer of users, prebuilt for each system
    '@aws-crypto/client-node@^5.0.2', // AWS's own reader of advanced SecureStrings' ciphertexts: an optional peer too
    '@redis/client@^6.3.1', // the live tier's index: the maintained client of the protocol, an optional peer, so that nobody else installs 12 MB
    'apache-arrow@^21.2.0', // record batches in and out of the live tier: an optional peer, and the second opinion on our framer
    // command line and demo, bundled whole
    'commander@^14', '@inquirer/confirm@^5', '@inquirer/password@^4', 'cli-progress@^3.12.0', '@types/cli-progress@^3',
    'listr2@^9', 'cli-table3@^0.6.5',
    'ink@~6.8.0', 'react@^19', '@types/react@^19', // the tree of `config browse`; ink 7 needs Node 22
    // tests: servers, properties, telemetry, packaging
    'dynalite@^4.0.0', 'fast-check@^4', 'pretty-format@^30', '@opentelemetry/api@~1.9.0', '@opentelemetry/sdk-metrics@^2',
    '@smithy/signature-v4@^5', // the second opinion on our signatures
    'js-redis-server@^0.3.0', // Redis's protocol with Lua and pub/sub where no redis-server is installed
    '@duckdb/duckdb-wasm@^1.32.0', 'playwright-core@^1.65.1', // the live tier's example: an engine that speaks Arrow, and its page in a browser
    // the deployment leg drives and looks with them; client-s3 is also what the CDK's helper that empties buckets needs to run
    ...['cloudformation', 'cloudwatch-logs', 'eventbridge', 'iam', 'kms', 'lambda', 's3', 'secrets-manager', 'sqs', 'ssm', 'sts']
      .map((service) => `@aws-sdk/client-${service}@~3.1162.0`),
    '@arethetypeswrong/cli@^0.18.5', 'publint@^0.3.25', 'pnpm@^10',
    // lint
    'eslint@^10', 'typescript-eslint@^8', '@stylistic/eslint-plugin@^5',
  ],

  // The same depth, so that __dirname/../../assets is right from lib/private and from build/private.
  srcdir: 'lib', libdir: 'build', entrypoint: 'build/index.js',
  npmignoreEnabled: false,
  sampleCode: false,
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  eslint: false, // projen's own set is ESLint 9 with eslintrc; eslint.config.mjs is ours
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } },
  github: false, release: false, buildWorkflow: false, depsUpgrade: false, clobber: false, vscode: false,
  lambdaAutoDiscover: false, edgeLambdaAutoDiscover: false, singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false, integrationTestAutoDiscover: false,

  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER, // projen's default heals a broken snapshot in silence
    junitReporting: false,
    passWithNoTests: false,
    jestConfig: {
      maxWorkers: '100%', // jest leaves one processor for others, which of two is half the speed
      testTimeout: 30_000, // a busy machine is no failure: what never ends is found all the same
      collectCoverage: false,
      roots: ['<rootDir>/test', '<rootDir>/examples'],
      testPathIgnorePatterns: ['/node_modules/', '/cdk.out/', '<rootDir>/test/package/'],
      moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'], // ts first: never a stale compiled file
      setupFiles: ['<rootDir>/test/support/setup.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
      snapshotSerializers: ['<rootDir>/runtime/testing/serializer/index.ts'],
      moduleNameMapper: {
        '^cdk-cache-tiers$': '<rootDir>/lib/index.ts',
        '^cdk-cache-tiers/(.*)$': '<rootDir>/runtime/$1/index.ts',
        '^(\\.{1,2}/.*)\\.js$': '$1',
      },
    },
  },
});

project.jest!.addTestMatch('<rootDir>/examples/**/*.test.ts');

project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20'); // ten lines a call; Node 20 is tested as long as users have it

// --- build: handlers and command line by esbuild, clients by tsc (ESM and CommonJS), constructs by jsii
const bundle = project.addTask('bundle', {
  description: 'Bundle handlers into assets/ and the command line into build/cli/',
  exec: 'node build-tools/bundle.mjs',
});
const compileRuntime = project.addTask('compile:runtime', {
  description: 'Compile the clients to build/esm and build/cjs',
  steps: [
    { exec: 'tsc -p runtime/tsconfig.esm.json' },
    { exec: 'tsc -p runtime/tsconfig.cjs.json' },
    { exec: 'node build-tools/mark-module-types.mjs' },
  ],
});
const clean = project.addTask('clean', { description: 'Remove what was built', exec: 'node build-tools/clean.mjs' });
project.preCompileTask.spawn(clean); // a file whose source is gone would be shipped
project.preCompileTask.spawn(bundle);
project.compileTask.spawn(compileRuntime);

// --- checks
const typecheck = project.addTask('typecheck', {
  description: 'Type-check what neither jsii nor jest checks: clients, handlers, command line, demo, examples, tests, bench',
  exec: 'tsc -p tsconfig.check.json',
});
const lint = project.addTask('lint', { exec: 'eslint .', receiveArgs: true });
project.testTask.prependSpawn(bundle); // a fresh clone has no assets/, and Code.fromAsset would throw
project.testTask.prependSpawn(typecheck);
project.testTask.spawn(lint);
project.tasks.tryFind('test:update')!.prependSpawn(bundle);

const rosetta = project.addTask('rosetta', {
  description: 'Compile every TypeScript snippet of the READMEs and doc comments',
  steps: [{ exec: 'rm -f .jsii.tabl.json' }, { exec: 'jsii-rosetta extract --compile --fail' }], // a stale tablet hides a broken snippet
});
const synth = project.addTask('synth:examples', { description: 'cdk synth --strict of every example', exec: 'node build-tools/synth-examples.mjs' });
project.postCompileTask.spawn(rosetta);
project.postCompileTask.spawn(synth);

// Maps of what is bundled are a fifth of the tarball, and nobody debugs into it.
project.tasks.tryFind('package:js')!.prependExec('find node_modules/lru-cache node_modules/@leeoniya/ufuzzy -name "*.map" -delete');
project.packageTask.reset(); // all language packages at once need Maven, .NET and a network
project.packageTask.spawn(project.tasks.tryFind('package:js')!);
project.addTask('package:code-only', {
  description: 'Generate the Python, Java, Go and .NET sources without building them',
  exec: 'jsii-pacmak --code-only --target python --target java --target go --target dotnet --outdir dist/code-only',
});
project.addTask('test:package', {
  description: 'Test the packed tarball (npm run build first)',
  exec: 'jest --config test/package/jest.config.json', receiveArgs: true,
});
// No tasks: projen hands arguments over by a shell, in which a path with a space is two.
project.setScript('e2e', 'node build-tools/bundle.mjs && exec node --import tsx test/e2e/deployment/run.ts'); // exec: it sees npm's end
project.setScript('e2e:setup', 'tsx test/e2e/deployment/run.ts --setup');
project.addTask('e2e:languages', {
  description: 'The Python wheel synthesizes what TypeScript does; Java, Go and .NET sources are whole (needs Python 3.10 or later with venv)',
  exec: 'tsx test/e2e/languages/run.ts',
});

project.addTask('test:reproducible', {
  description: 'Build the committed files again, and compare the tarballs (npm run package:js first)', exec: 'node build-tools/build-again.mjs',
});
project.addTask('audit', {
  description: 'Advisories of packages whose code is shipped (npm run bundle first)', exec: 'node build-tools/audit.mjs',
});
project.addTask('test:newest', {
  description: 'Compile, synthesize and test against the newest aws-cdk-lib (installs it in dist/newest)',
  exec: 'tsx test/newest/run.ts', receiveArgs: true,
});
project.addTask('chaos', {
  description: 'Random faults over all clients for --seconds, from a --seed; invariants are checked',
  exec: 'tsx --tsconfig test/chaos/tsconfig.json test/chaos/run.ts', receiveArgs: true,
});
project.addTask('api:diff', {
  description: 'What breaks of the last release (its tag): constructs, by jsii-diff (npm run compile first)',
  exec: 'node build-tools/api-diff.mjs', receiveArgs: true,
});

// --- what people run
project.addTask('demo', {
  description: 'See every tier work, on embedded servers',
  steps: [{ spawn: 'bundle' }, { exec: 'tsx --tsconfig demo/tsconfig.json demo/main.ts', receiveArgs: true }],
});
project.addTask('bench', { description: 'Measure against peers (installs bench/package.json)', exec: 'node bench/run.mjs', receiveArgs: true });

project.gitignore.exclude('/.npmignore', '/assets/', '/build/', '/dist/', 'cdk.out/', '.jsii.tabl.json', 'cdk.context.json', '*.tgz');
project.gitignore.exclude('/bench/node_modules/', '/bench/out/');
project.addFields({
  type: 'commonjs',
  sideEffects: false,
  files: ['.jsii', 'API.md', 'CHANGELOG.md', 'assets', 'build', '!build/**/*.tsbuildinfo'],
  bin: { 'cache-tiers': 'build/cli/index.js' },
  exports: {
    '.': { types: './build/index.d.ts', default: './build/index.js' },
    ...subpaths.exports,
    './package.json': './package.json',
    './.jsii': './.jsii',
  },
  typesVersions: { '*': subpaths.typesVersions }, // "node10" resolution does not read exports
  engines: { node: '^20.16.0 || >=22.3.0' }, // process.getBuiltinModule; jsii knows ranges too, projen only a minimum
  peerDependenciesMeta: {
    // An application that only memoizes installs no CDK; a CDK app has these anyway.
    'aws-cdk-lib': { optional: true },
    constructs: { optional: true },
    // Only for those who pass an SDK client or use a profile; jsii refuses them as peerDependencies, the mark alone lets pnpm resolve them.
    '@aws-sdk/client-dynamodb': { optional: true },
    '@aws-sdk/credential-provider-node': { optional: true },
    // Only for those who keep a vault's key in the OS keychain, or restore advanced SecureStrings that Parameter Store has no more.
    '@napi-rs/keyring': { optional: true },
    '@aws-crypto/client-node': { optional: true },
    // The live tier: its index, and record batches in place of bytes.
    '@redis/client': { optional: true },
    'apache-arrow': { optional: true },
  },
});
project.package.addPackageResolutions('unrs-resolver@1.12.2'); // 1.13.0 is incomplete in the registry, so npm ci fails
project.synth();
