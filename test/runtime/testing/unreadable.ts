/** An object of which a property cannot be read. */
export function throwing(key: string, object: object = new Error('no')): object {
  return Object.defineProperty(object, key, { get() { throw new TypeError(`the getter of ${key}`); } });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What may be thrown, and makes whoever looks at it throw as well. */
export const unreadable: [string, unknown][] = [
  ['a message that is no text', Object.assign(new Error('no'), { message: Object.create(null) as unknown })],
  ['a name that is no text', Object.assign(new Error('no'), { name: Object.create(null) as unknown })],
  ...['name', 'message', 'code', 'cause', 'stack', '$metadata'].map((key): [string, unknown] => [`a getter of ${key} that throws`, throwing(key)]),
  ['a revoked proxy', revoked()],
  ['nothing but null', null],
];
