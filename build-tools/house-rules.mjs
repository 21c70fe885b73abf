// Dependencies point one way: contract <- lib, runtime, lambda-src; runtime <- lambda-src, cli, examples.
// Each entry names a place and what code there may not import (patterns on the import's own text).
const TIERS = ['memoize', 'config', 'live', 'tasks'];
const CDK = ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs', 'constructs/**'];

const at = (files, message, group) => ({ files, message, group });
const PLACES = [
  at(['lib/contract/**'], 'lib/contract imports nothing: construct, handler and client must all be able to read it', ['*', '**']),
  at(['lib/**'], 'a construct never imports a client, a handler or the command line: they meet in lib/contract', ['**/runtime/**', '**/lambda-src/**', '**/cli/**']),
  at(['runtime/**'], 'a client never imports constructs, handlers or the CDK: whoever only memoizes installs none of them',
    ['**/lib/**', '!**/lib/contract/**', '**/lambda-src/**', '**/cli/**', ...CDK]),
  at(['lambda-src/**'], 'a handler imports lib/contract and runtime only, never constructs or the CDK', ['**/lib/**', '!**/lib/contract/**', '**/cli/**', ...CDK]),
  at(['cli/**'], 'the command line parses and prints: the work is in runtime', ['**/lib/**', '!**/lib/contract/**', '**/lambda-src/**', ...CDK]),
  at(['examples/**'], 'an example reads like a user\'s code: it imports the package by its name', ['**/lib/**', '**/runtime/**', '**/lambda-src/**', '**/cli/**']),
  ...['stores', 'aws', 'resilience', 'telemetry'].map((shared) => at([`runtime/${shared}/**`], `runtime/${shared} serves all tiers and knows none`,
    TIERS.map((tier) => `**/${tier}/**`))),
  ...TIERS.map((tier) => at([`runtime/${tier}/**`], 'one tier\'s client never imports another\'s: what two need moves to stores, aws, resilience or telemetry',
    TIERS.filter((other) => other !== tier).map((other) => `**/${other}/**`))),
];

/** ESLint replaces a rule's options from one matching entry to the next, so each file's entries are put together here. */
function restrict(files, places) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: places.map(({ group, message }) => ({ group, message })) }] } };
}

const within = (place) => PLACES.filter((outer) => outer.files.some((glob) => place.files[0].startsWith(glob.slice(0, -2))));

export const houseRules = PLACES.map((place) => restrict(place.files, within(place)))
  .sort((a, b) => a.files[0].length - b.files[0].length); // the narrower place last, so that it wins
