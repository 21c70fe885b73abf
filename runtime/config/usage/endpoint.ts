import { InvalidArgumentError } from '../../errors.js';

/**
 * Where usage is reported to.
 *
 * @throws InvalidArgumentError `E_CONFIG_USAGE_ENDPOINT` unless it is a URL of https, or of http on this machine, without a password in it
 */
export function usageEndpoint(endpoint: unknown): URL {
  const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined) throw refused('a URL', typeof endpoint === 'string' ? JSON.stringify(endpoint) : typeof endpoint);
  if (url.username || url.password) throw refused('a URL without a name and password in it', 'one with them');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refused('a URL of https, or of http on 127.0.0.1, [::1] or localhost', JSON.stringify(url.origin));
  }
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function refused(wanted: string, got: string): InvalidArgumentError {
  return new InvalidArgumentError('E_CONFIG_USAGE_ENDPOINT', `the endpoint of usage reports must be ${wanted}, got ${got}`);
}
