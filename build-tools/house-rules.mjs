// Dependencies point one way: contract <- lib, runtime, lambda-src; runtime <- lambda-src, cli, examples.
// An ESLint rule that resolves what a file imports, in whatever way it does, and asks whether code in its place may.
// Tests, bench, demo and build tools may import what they like.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix, relative, resolve, sep } from 'node:path';

const { name: SELF, dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const TIERS = ['memoize', 'config', 'live', 'tasks'].map((tier) => `runtime/${tier}/`);
const CDK = /^(aws-cdk-lib|constructs|@aws-cdk)(\/|$)/;

/**
 * What code in a place may import. The first place that a file is in decides.
 * - `files`: folders of this repository that may be imported
 * - `except`: folders in them that may not, with the reason
 * - `packages`: whether a package may be imported; `{ name, later }`, where `later` means only types or by import() when needed
 */
const PLACES = [
  {
    within: /^lib\/contract\//, files: ['lib/contract/'], packages: () => false,
    because: 'lib/contract imports nothing: construct, handler and client must all be able to read it',
  },
  {
    within: /^lib\//, files: ['lib/'], packages: ({ name }) => CDK.test(name) || isBuiltin(name),
    because: 'a construct imports the CDK and lib only: it meets clients, handlers and the command line in lib/contract',
  },
  {
    within: /^runtime\/aws-sdk\//, files: ['runtime/', 'lib/contract/'], except: clientsForeignTo, packages: ({ name }) => !CDK.test(name),
    because: 'a client never imports constructs, handlers or the CDK',
  },
  {
    within: /^runtime\//, files: ['runtime/', 'lib/contract/'], except: clientsForeignTo,
    packages: ({ name, later }) => !CDK.test(name) && (later || isBuiltin(name) || isShipped(name)),
    because: 'a client never imports constructs, handlers or the CDK, nor at once a package that users need not install',
  },
  {
    within: /^lambda-src\//, files: ['lambda-src/', 'runtime/', 'lib/contract/'], packages: ({ name }) => !CDK.test(name),
    because: 'a handler imports lib/contract and runtime only, never constructs or the CDK',
  },
  {
    within: /^cli\//, files: ['cli/', 'runtime/', 'lib/contract/'], packages: ({ name }) => !CDK.test(name),
    because: 'the command line parses and prints: the work is in runtime',
  },
  {
    within: /^examples\/[^/]+\//, ownFolder: true, files: [], tests: ['test/support/', 'test/e2e/deployment/kit/'], packages: () => true, self: true,
    because: 'an example reads like a user\'s code: it imports the package by its name, and beside it only its own files',
  },
];

function isShipped(name) {
  return Object.keys(dependencies).some((dependency) => name === dependency || name.startsWith(`${dependency}/`));
}

function clientsForeignTo(file) {
  const own = TIERS.find((tier) => file.startsWith(tier));
  if (own) return { folders: [...TIERS.filter((tier) => tier !== own), 'runtime/testing/'], because: TIER_TO_TIER };
  return file.startsWith('runtime/testing/') ? undefined : { folders: [...TIERS, 'runtime/testing/'], because: SHARED_TO_TIER };
}

const TIER_TO_TIER = 'one tier\'s client never imports another\'s: what two need moves to stores, aws, resilience or telemetry';
const SELF_BY_NAME = 'the package\'s own code imports its files, not the package';
const SHARED_TO_TIER = 'what serves all tiers knows none of them';

/** @returns why a file may not import this, or undefined if it may */
function objection(file, specifier, later) {
  const place = PLACES.find(({ within }) => within.test(file));
  if (!place) return undefined;
  if (!/^\.{0,2}\//.test(specifier) && specifier !== '.' && specifier !== '..') {
    const self = specifier === SELF || specifier.startsWith(`${SELF}/`);
    if (self) return place.self ? undefined : SELF_BY_NAME;
    return place.packages({ name: specifier, later }) ? undefined : place.because;
  }
  const target = `${posix.join(posix.dirname(file), specifier)}/`; // with the slash, so that a folder's index is in the folder
  const except = place.except?.(file);
  if (except?.folders.some((folder) => target.startsWith(folder))) return except.because;
  const isTest = /(^|\/)test\/|\.test\.ts$|\/e2e\.ts$/.test(file);
  const allowed = [...place.files, ...(place.ownFolder ? place.within.exec(file) : []), ...(isTest ? place.tests ?? [] : [])];
  return allowed.some((folder) => target.startsWith(folder)) ? undefined : place.because;
}

const textOf = (node) => {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
};

const oneWay = {
  meta: { type: 'problem', schema: [], docs: { description: 'dependencies point one way' }, messages: { forbidden: '{{because}}' } },
  create(context) {
    const file = relative(context.cwd, resolve(context.filename)).split(sep).join('/');
    const check = (source, later = false) => {
      const specifier = textOf(source);
      const because = specifier === undefined ? undefined : objection(file, specifier, later);
      if (because) context.report({ node: source, messageId: 'forbidden', data: { because } });
    };
    const onlyTypes = ({ importKind, exportKind, specifiers }) => importKind === 'type' || exportKind === 'type'
      || (specifiers?.length > 0 && specifiers.every((specifier) => specifier.importKind === 'type' || specifier.exportKind === 'type'));
    return {
      ImportDeclaration: (node) => check(node.source, onlyTypes(node)),
      ExportNamedDeclaration: (node) => check(node.source, onlyTypes(node)),
      ExportAllDeclaration: (node) => check(node.source, onlyTypes(node)),
      ImportExpression: (node) => check(node.source, true),
      TSImportType: (node) => check(node.source ?? node.argument.literal, true),
      TSExternalModuleReference: (node) => check(node.expression),
      'CallExpression[callee.name="require"]': (node) => check(node.arguments[0], true),
      'CallExpression[callee.object.name="require"][callee.property.name="resolve"]': (node) => check(node.arguments[0], true),
    };
  },
};

export const houseRules = [
  { linterOptions: { noInlineConfig: true } }, // no rule is switched off in a comment
  { plugins: { house: { rules: { 'one-way': oneWay } } }, rules: { 'house/one-way': 'error' } },
];
