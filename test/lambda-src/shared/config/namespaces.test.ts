import { namespaceOf } from '../../../../lambda-src/shared/config/namespaces';

test.each([
  ['/app/db', ['/app'], '/app'],
  ['/app', ['/app'], '/app'],
  ['/apple', ['/app'], undefined],
  ['/app.x', ['/app'], undefined],
  ['/App/db', ['/app'], undefined],
  ['/other/app/db', ['/app'], undefined],
  ['app/db', ['/app'], undefined],
  ['plain', ['/app'], undefined],
  ['plain', ['/'], '/'],
  ['/app/db', ['/'], '/'],
  ['/app/db/url', ['/app', '/app/db', '/'], '/app/db'],
  ['/app/db/url', ['/', '/app/db', '/app'], '/app/db'],
  ['/app/dbx', ['/app', '/app/db'], '/app'],
  ['/app/db', [], undefined],
])('%s in %j is in %s', (name, namespaces, namespace) => {
  expect(namespaceOf(name, namespaces)).toBe(namespace);
});
