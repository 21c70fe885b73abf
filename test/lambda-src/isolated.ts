/** What loads as it does in a new process: whatever it keeps between calls is its own. */
export function isolated<T>(load: () => T): T {
  let loaded: { readonly value: T } | undefined;
  jest.isolateModules(() => { loaded = { value: load() }; });
  return loaded!.value;
}
