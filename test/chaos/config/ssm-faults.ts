import { setTimeout as sleep } from 'node:timers/promises';
import { ParameterStoreError, type ParameterStoreModel } from '../../support/parameter-store';
import type { Hooks } from '../../support/parameter-store/model';
import type { TcpProxy } from '../../support/tcp-proxy';
import type { Fault } from '../kit/tier';

const refuse = (name: string, status = 400): Hooks => ({ before: () => { throw new ParameterStoreError(name, name, status); } });
const cut = (): never => { throw new Error('cut'); };

const KINDS: readonly (readonly [kind: string, hooks: Hooks])[] = [
  ['Parameter Store throttles', refuse('ThrottlingException')], ['Parameter Store answers 500', refuse('InternalServerError', 500)],
  ['Parameter Store denies', refuse('AccessDeniedException')], ['Parameter Store cuts connections', { before: cut }],
  ['Parameter Store does it and does not say so', { after: cut }], ['Parameter Store slow', { after: () => sleep(400) }],
];

/** What may befall Parameter Store. */
export function ssmFaults(model: ParameterStoreModel, proxy: TcpProxy): Fault[] {
  const troubled = KINDS.map(([kind, hooks]): Fault => ({
    kind,
    begin: () => {
      let met = false;
      const noticed: Hooks = {
        before: (call) => { met = true; return hooks.before?.(call); },
        after: (call, answer) => hooks.after?.(call, answer),
      };
      model.intercept(noticed);
      return { end: () => model.intercept(), met: () => met };
    },
  }));
  return [
    ...troubled,
    { kind: 'Parameter Store refuses', begin: async () => { await proxy.refuse(); return { end: () => proxy.heal() }; } },
    {
      kind: 'Parameter Store is silent',
      begin: () => {
        proxy.silence();
        return { end: () => { proxy.cut(); return proxy.heal(); } };
      },
    },
    {
      kind: 'Parameter Store shows what was',
      begin: () => {
        const thaw = model.freezeReads();
        return { end: thaw };
      },
    },
  ];
}
