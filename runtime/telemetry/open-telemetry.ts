/** The part of a Meter that is used. */
interface Meter {
  createObservableCounter(name: string, options: { description?: string; unit?: string }): {
    addCallback(callback: (result: { observe(value: number, attributes?: Record<string, string>): void }) => void): void;
  };
}

interface Api {
  metrics?: { getMeter(name: string): Meter };
}

/** Where every copy of `@opentelemetry/api` 1.x registers itself, so that it need not be imported to be found. */
const API = Symbol.for('opentelemetry.js.api.1');

/**
 * Publishes counters through OpenTelemetry, if an SDK has registered its meter provider.
 *
 * @returns false if there is none yet: try again later
 */
export function observeWithOpenTelemetry(
  scope: string, counters: readonly { name: string; unit: string }[],
  attributes: Record<string, string>, read: (name: string) => number,
): boolean {
  const metrics = (globalThis as unknown as Record<symbol, Api | undefined>)[API]?.metrics;
  if (metrics === undefined) return false;
  const meter = metrics.getMeter('cdk-cache-tiers');
  for (const { name, unit } of counters) {
    meter.createObservableCounter(`${scope}.${snake(name)}`, { unit }).addCallback((result) => result.observe(read(name), attributes));
  }
  return true;
}

function snake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}
