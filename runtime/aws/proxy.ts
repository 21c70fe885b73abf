import type { Endpoint } from './endpoint.js';

/** The proxy that `HTTPS_PROXY` or `HTTP_PROXY` name for a host, unless `NO_PROXY` exempts it. */
export function proxyFor({ protocol, hostname, port }: Pick<Endpoint, 'protocol' | 'hostname' | 'port'>, env: NodeJS.ProcessEnv): string | undefined {
  const proxy = protocol === 'https:' ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy || env.HTTP_PROXY;
  if (!proxy) return undefined;
  const exempt = (env.no_proxy || env.NO_PROXY || '').toLowerCase().split(/[\s,]+/).filter(Boolean);
  const host = hostname.toLowerCase();
  return exempt.some((entry) => covers(entry, host, port)) ? undefined : proxy;
}

/** Whether Node sends requests through those proxies by itself: `NODE_USE_ENV_PROXY=1` or `--use-env-proxy`, where `node:http` knows it. */
export function nodeUsesEnvProxy(env: NodeJS.ProcessEnv): boolean {
  const known = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  return known && (env.NODE_USE_ENV_PROXY === '1' || process.execArgv.includes('--use-env-proxy') || /--use-env-proxy\b/.test(env.NODE_OPTIONS ?? ''));
}

let warned = false;

/** Says once that a proxy is set and not used, since the symptom would be a timeout. */
export function warnOfIgnoredProxy(host: string): void {
  if (warned) return;
  warned = true;
  process.emitWarning(`requests to ${host} do not go through the proxy that HTTPS_PROXY or HTTP_PROXY name: pass an agent that does, `
    + 'set NODE_USE_ENV_PROXY=1 on Node 24.5 or later, or name the host in NO_PROXY', { code: 'CACHE_TIERS_PROXY_IGNORED' });
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [name, onlyPort, ...rest] = entry.split(':');
  const isHostAndPort = onlyPort !== undefined && rest.length === 0; // more colons are an IPv6 address
  if (isHostAndPort && Number(onlyPort) !== port) return false;
  const domain = (isHostAndPort ? name! : entry).replace(/^\*?\.?/, '');
  return host === domain || host.endsWith(`.${domain}`);
}
