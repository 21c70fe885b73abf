import type { Fault as ProxyFault, FaultProxy } from '../../support/fault-proxy';
import type { Fault } from './tier';

const KINDS: readonly (readonly [kind: string, fault: ProxyFault])[] = [
  ['table refuses', 'refused'], ['table is silent', 'silent'], ['table slow', { slow: 400 }], ['table cuts connections', 'reset'],
  ['table cuts answers', 'truncated'], ['table answers nonsense', 'garbled'], ['table throttles', 'throttled'], ['table answers 500', 'server-error'],
  ['table denies', 'denied'], ['credentials expired', 'expired-token'], ['table gone', 'missing-table'],
  ['clock of the table is ahead', { skewed: 3_600_000 }],
];

/** What may befall a table. The proxy stands between it and all clients. */
export function dynamoDbFaults(proxy: FaultProxy): Fault[] {
  return KINDS.map(([kind, fault]) => ({
    kind,
    begin: async () => {
      await proxy.set(fault);
      return {
        end: async () => {
          await proxy.heal();
          proxy.forget();
        },
        // Of a closed port the proxy learns nothing.
        met: () => fault === 'refused' || proxy.requests.some((request) => request.fault === fault),
      };
    },
  }));
}
