import { CacheTiersError } from '../../errors.js';
import { failureClassOf, type FailureClass } from '../../resilience/failure.js';
import { IndexError } from '../errors.js';

/** By the word that a server's error begins with; scripts may have put text of their own before it. */
const BY_WORD: Readonly<Record<string, { readonly failure: FailureClass; readonly advice?: string }>> = {
  NOAUTH: { failure: 'denied', advice: 'the server asks for a password: give it in the URL or in the secret' },
  WRONGPASS: { failure: 'denied', advice: 'the server does not take user and password' },
  NOPERM: { failure: 'denied', advice: 'the user lacks permissions of LIVE_INDEX_PERMISSIONS' },
  LOADING: { failure: 'throttled' },
  BUSY: { failure: 'throttled' },
  TRYAGAIN: { failure: 'throttled' },
  OOM: { failure: 'throttled', advice: 'the server\'s memory is full: give it more, or shorter times to live' },
  MISCONF: { failure: 'server' },
  CLUSTERDOWN: { failure: 'server' },
  MASTERDOWN: { failure: 'server' },
  READONLY: { failure: 'server', advice: 'the server is a replica: the URL must name the primary' },
  MOVED: { failure: 'server', advice: 'the server is a node of a cluster that does not have this namespace: take an endpoint without cluster mode' },
  ASK: { failure: 'server', advice: 'the server is a node of a cluster that moves this namespace: take an endpoint without cluster mode' },
  CROSSSLOT: { failure: 'server', advice: 'something between here and the server changes key names' },
  WRONGTYPE: { failure: 'request', advice: 'something else writes below this namespace: give it a database or a namespace of its own' },
};

const WORD = new RegExp(`(?:^|[\\s:-])(${Object.keys(BY_WORD).join('|')})\\b`);

/** What a call of the client rejected with, as the index's own error. */
export function indexError(error: unknown, what: string): IndexError {
  if (error instanceof IndexError) return error;
  const said = error instanceof Error ? error.message || (error as { code?: string }).code || error.name : String(error);
  // What a server does not know, as AUTH without passwords, it repeats with its arguments.
  const text = said.replace(/,? with args beginning with:.*/s, '');
  const word = isReply(error) ? WORD.exec(text)?.[1] : undefined;
  const { failure, advice } = word === undefined ? { failure: classOf(error), advice: undefined } : BY_WORD[word];
  const message = `index: ${what} failed: ${text}${advice === undefined ? '' : ` (${advice})`}`;
  return new IndexError(failure, message, text === said ? { cause: error } : {});
}

export function isNoScript(error: unknown): boolean {
  return isReply(error) && /\bNOSCRIPT\b/.test(error.message);
}

/** Errors that the server sent begin with a word in capitals. Names of classes say nothing: whoever bundles the package may shorten them. */
function isReply(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{2,} /.test(error.message);
}

/** What the client says when a connection is not there, or goes. */
const NOT_CONNECTED = /^(Socket closed unexpectedly|Disconnects client|The client is (closed|offline))/;

function classOf(error: unknown): FailureClass {
  if (isReply(error) || error instanceof CacheTiersError) return 'request';
  const message = error instanceof Error ? error.message : '';
  if (NOT_CONNECTED.test(message)) return 'connection';
  if (/timeout/i.test(message)) return 'timeout';
  const known = failureClassOf(error);
  // What is left has a code of TLS or of Node, which are many: the server cannot be talked to.
  return known === 'request' && typeof (error as { code?: unknown } | null)?.code === 'string' ? 'connection' : known;
}
