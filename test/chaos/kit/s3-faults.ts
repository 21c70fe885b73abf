import type { S3Server } from '../../support/s3-server';
import { SLOW_DOWN, type Trouble } from '../../support/s3-server/faults';
import type { Fault } from './tier';

const KINDS: readonly (readonly [kind: string, trouble: Trouble])[] = [
  ['bucket is silent', { kind: 'silence' }], ['bucket cuts connections', { kind: 'reset' }], ['bucket does it and does not say so', { kind: 'lost' }],
  ['bucket throttles', SLOW_DOWN], ['bucket answers 500', { kind: 'refusal', status: 500, code: 'InternalError' }],
  ['bucket denies', { kind: 'refusal', status: 403, code: 'AccessDenied' }],
  ['bucket gone', { kind: 'refusal', status: 404, code: 'NoSuchBucket' }],
  ['clock of the bucket is ahead', { kind: 'refusal', status: 403, code: 'RequestTimeTooSkewed' }],
  ['bodies are cut', { kind: 'body', resetAfter: 100 }], ['bodies stop', { kind: 'body', silentAfter: 100 }],
  ['bodies are slow', { kind: 'body', bytesPerSecond: 50_000 }],
];

/** What may befall a bucket. */
export function s3Faults(server: S3Server): Fault[] {
  const troubled = KINDS.map(([kind, trouble]): Fault => ({
    kind,
    begin: () => {
      let [ended, met] = [false, false];
      server.fail({
        of: () => {
          if (!ended) met = true;
          return !ended;
        },
        trouble,
      });
      return { end: () => { ended = true; server.requests.length = 0; }, met: () => met };
    },
  }));
  const refuses: Fault = {
    kind: 'bucket refuses',
    begin: async () => {
      await server.stop();
      return { end: () => server.start() };
    },
  };
  return [...troubled, refuses];
}
