import { App } from 'aws-cdk-lib';
import { defaults, everything } from './constructs';
import { CONSTRUCTS, ours } from './templates';

test.each([['defaults', defaults], ['everything', everything]])('%s has every construct of the package', (_, define) => {
  const found = new Set(ours(define(new App())).map(({ constructor }) => constructor.name));
  expect([...CONSTRUCTS.keys()].filter((name) => !found.has(name))).toEqual([]);
});
