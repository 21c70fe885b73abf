import { LIVE_ENVIRONMENT } from '../../lib/contract/live.js';
import { UsageError, type Io } from '../context.js';
import type { LiveGroupOptions } from './group-options.js';

/** URL of the index, perhaps with user and password, which are never shown. @throws UsageError if none is named */
export function indexUrlOf({ indexUrl: given }: LiveGroupOptions, { env, stderr }: Io): string {
  if (given === '') throw new UsageError(`--index-url is empty: give a URL, or leave it out for $${LIVE_ENVIRONMENT.indexUrl}`);
  const url = given ?? env[LIVE_ENVIRONMENT.indexUrl];
  if (!url) throw new UsageError(`no index is named: pass --index-url, or set ${LIVE_ENVIRONMENT.indexUrl}`);
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    const option = given === undefined ? LIVE_ENVIRONMENT.indexUrl : '--index-url';
    throw new UsageError(`${option} must be redis://host:port, or rediss://host:port for TLS, got '${url.replace(/\/\/.*@/, '//…@')}'`);
  }
  if (given !== undefined && new URL(given).password !== '') {
    stderr.write('warning: a password on the command line is in the shell\'s history and in the list of processes: '
      + `give the URL by ${LIVE_ENVIRONMENT.indexUrl}, or the password by ${LIVE_ENVIRONMENT.indexSecret}\n`);
  }
  return url;
}

/** Without user and password. */
export function shownUrl(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
