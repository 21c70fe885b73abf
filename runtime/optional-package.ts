const NOT_FOUND: readonly unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/**
 * Why a package that users need not install could not be loaded, and what to do: the end of an error's message.
 *
 * @param cause what its import threw; under a test runner that cannot import it is not that the package is missing
 */
export function needsPackage(name: string, cause: unknown): string {
  const { code, message } = cause as Partial<NodeJS.ErrnoException>;
  if (NOT_FOUND.includes(code)) return `needs the package ${name}: install it beside cdk-cache-tiers`;
  return `needs the package ${name}, which could not be loaded: ${message ?? String(cause)}; with Jest, run node with --experimental-vm-modules`;
}
