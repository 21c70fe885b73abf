import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constructs, defined } from './constructs';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'constructs-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: object) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};

test('constructs are the classes that are made in a scope', () => {
  const scope = { parameters: [{ type: { fqn: 'constructs.Construct' } }, { type: { primitive: 'string' } }] };
  const types = [
    { fqn: 'x.Cache', kind: 'class', initializer: scope },
    { fqn: 'x.Base', kind: 'class', abstract: true, initializer: scope },
    { fqn: 'x.Grants', kind: 'class', initializer: { parameters: [{ type: { fqn: 'x.Props' } }] } },
    { fqn: 'x.Utility', kind: 'class', initializer: {} },
    { fqn: 'x.Constants', kind: 'class' },
    { fqn: 'x.Props', kind: 'interface' },
  ];
  expect(constructs(write('.jsii', { types: Object.fromEntries(types.map((type) => [type.fqn, type])) }))).toEqual(['x.Cache']);
});

test('what an app defines are the children of its stack', () => {
  const inner = { constructInfo: { fqn: 'x.Inner' } };
  const children = { Cache: { constructInfo: { fqn: 'x.Cache' }, children: { Inner: inner } }, Unknown: {} };
  write('tree.json', { tree: { children: { Stack: { children }, Tree: { constructInfo: { fqn: 'constructs.Construct' } } } } });
  expect(defined(folder, 'Stack')).toEqual(['x.Cache']);
  expect(defined(folder, 'Other')).toEqual([]);
});
