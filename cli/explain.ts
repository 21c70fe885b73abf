import type { FailureClass } from '../runtime/resilience/failure.js';
import { printable } from './format.js';

/** What an error is explained for: commands differ in what can be done about it. */
export type Tier = 'memo' | 'config' | 'live' | 'tasks';

/** What to do about a failure of AWS's, by its class. */
const ADVICE: Readonly<Record<Tier, Partial<Record<FailureClass, string>>>> = {
  memo: {
    connection: 'check --region and --endpoint, and the network',
    timeout: 'check --region and --endpoint, and the network',
    throttled: 'the table is busy; try again in a moment',
    denied: 'check the credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID…) and what they allow on the table',
    missing: 'check --table and --region',
  },
  config: {
    connection: 'check --region and the network, and AWS_ENDPOINT_URL… if it is set',
    timeout: 'check --region and the network, and AWS_ENDPOINT_URL… if it is set',
    throttled: 'AWS asks to go slower; try again in a moment',
    denied: 'check the credentials (--profile, AWS_ACCESS_KEY_ID…), and whether ConfigFootprint grants them this: '
      + 'grantReadNames, grantNamespace, grantReadAudit, grantRestore, for rules grantReadRules and grantWriteRules, for a SecureString its key',
    missing: 'check --footprint and --region: the footprint names a table that is not there',
  },
  live: {
    connection: 'check --endpoint, --region and the network, and AWS_ENDPOINT_URL_SECRETS_MANAGER if it is set',
    timeout: 'check --endpoint, --region and the network, and AWS_ENDPOINT_URL_SECRETS_MANAGER if it is set',
    throttled: 'AWS asks to go slower; try again in a moment',
    denied: 'check the credentials (--profile, AWS_ACCESS_KEY_ID…), and whether the LiveCache grants them this: grantOperate, or '
      + 'grantInvalidate for live invalidate',
    missing: 'check --bucket, --key-secret and --region',
  },
  tasks: {
    connection: 'check --endpoint, --region and the network, and AWS_ENDPOINT_URL_SSM if it is set',
    timeout: 'check --endpoint, --region and the network, and AWS_ENDPOINT_URL_SSM if it is set',
    throttled: 'AWS asks to go slower; try again in a moment',
    denied: 'check the credentials (--profile, AWS_ACCESS_KEY_ID…), and whether the scope of the TaskCache grants them this: grantPull, grantPush; '
      + '--mode local:rw,remote:r writes nothing to the bucket',
    missing: 'check --bucket, --switches and --region',
  },
};

/** One line for people. Errors of ours name the option and the value already. */
export function explain(error: unknown, tier: Tier = 'memo'): string {
  const { code, failure, name, message = String(error) } = error as Partial<Error> & { readonly code?: string; readonly failure?: FailureClass };
  if (code === 'E_AWS_NO_REGION') return 'no AWS region is known: pass --region, set AWS_REGION, or give the profile one';
  if (message.startsWith('no footprint is named')) return 'no footprint is named: pass --footprint, or set CONFIG_FOOTPRINT';
  let advice = adviceOn(error, tier);
  if (tier === 'memo' && failure === 'request' && name === 'ValidationException') {
    advice = 'is --table a table of MemoCache, with the keys pk and sk?';
  }
  if (code === 'E_LIVE_INDEX_CONNECTION' || code === 'E_LIVE_INDEX_TIMEOUT') {
    advice = 'check --index-url, and whether the index can be reached from here: one in a VPC can be from within it';
  }
  if (code === 'E_TASK_DAMAGED' && name === 'DamagedError' && message.startsWith('the manifest ')) {
    advice = 'the next run, pull or push that may write there begins it anew; a bucket of TaskCache has its former versions for seven days';
  }
  return oneLine(advice === undefined ? message : `${message.replace(/\.$/, '')}; ${advice}`);
}

/** Errors with a code of their own say what to do; those of a store of tasks have what AWS said as their cause. */
function adviceOn(error: unknown, tier: Tier): string | undefined {
  const { code, failure, cause } = error as Partial<Error> & { readonly code?: string; readonly failure?: FailureClass };
  if (code === 'E_TASK_STORE' && cause !== undefined) return adviceOn(cause, tier);
  return failure && code === `E_AWS_${failure.toUpperCase()}` ? ADVICE[tier][failure] : undefined;
}

/** Ctrl-C, while something ran or while a question was asked. */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || /^(ExitPromptError|AbortPromptError)$/.test(String((error as { name?: unknown } | undefined)?.name));
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' ')); // services and files may have a say in it
}
