import { Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { LiveIndexBase } from './live-index-base';
import { show, validationError } from '../private/errors';
import { checkAlone, checkInteger, checkPattern } from '../private/validation';

const DEFAULT_PORT = 6379;

/** A server of the Redis protocol that is defined elsewhere. */
export interface EndpointIndexProps {
  /**
   * URL of the server: `redis://host:6379`, or `rediss://host:6379` for TLS. Without a password, which would stand in the template.
   *
   * @default - made of `host`, `port`, `tls` and `username`; one of `url` and `host` must be given
   */
  readonly url?: string;

  /**
   * Name or address of the server.
   *
   * @default - taken from `url`
   */
  readonly host?: string;

  /**
   * Port of the server, also for security groups.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Whether clients connect by TLS.
   *
   * @default true
   */
  readonly tls?: boolean;

  /**
   * Name of the user whose password it is.
   *
   * @default - that of the secret, otherwise the server's default user
   */
  readonly username?: string;

  /**
   * Secret with the password: JSON with `password` and perhaps `username`, or the password alone.
   *
   * @default - the server asks for no password
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Security groups of the server, which let clients in.
   *
   * @default - none: the server is reached over the internet, or lets its clients in by itself
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/**
 * A server of the Redis protocol that is defined elsewhere: Redis 7, Valkey 8, Dragonfly 1.36 or later, by whoever runs it.
 *
 * @stateless
 */
export class EndpointIndex extends LiveIndexBase {
  public readonly indexUrl: string;
  /** The server's security groups, and the port that it answers at. */
  public readonly connections: ec2.Connections;
  public readonly secret?: secretsmanager.ISecret;

  constructor(scope: Construct, id: string, props: EndpointIndexProps) {
    super(scope, id);
    checkEndpoint(this, props);
    this.indexUrl = props.url ?? urlOf(props);
    this.secret = props.secret;
    this.connections = new ec2.Connections({ securityGroups: props.securityGroups, defaultPort: ec2.Port.tcp(portOf(props)) });
  }
}

function urlOf({ host, port = DEFAULT_PORT, tls = true, username }: EndpointIndexProps): string {
  return `${tls ? 'rediss' : 'redis'}://${username === undefined ? '' : `${encoded(username)}@`}${host}:${Tokenization.stringifyNumber(port)}`;
}

function encoded(text: string): string {
  return Token.isUnresolved(text) ? text : encodeURIComponent(text);
}

/** Clients take the port from the URL, so rules for it must be the URL's too. */
function portOf({ url, port }: EndpointIndexProps): number {
  if (url === undefined || Token.isUnresolved(url)) return port ?? DEFAULT_PORT;
  return Number(new URL(url).port || DEFAULT_PORT);
}

function checkEndpoint(scope: Construct, props: EndpointIndexProps): void {
  const { url } = props;
  if (url === undefined && props.host === undefined) throw validationError(scope, 'url and host are missing: give one of them');
  // A port beside a URL is for security groups, where the URL is known only at deployment.
  const others = Token.isUnresolved(url) ? ['host', 'tls', 'username'] as const : ['host', 'port', 'tls', 'username'] as const;
  checkAlone(scope, props, 'url', others, 'the URL says it');
  checkPattern(scope, 'host', props.host, /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a name or an IPv4 address, without protocol and port');
  checkInteger(scope, 'port', props.port, 1, 65535);
  if (url !== undefined && !Token.isUnresolved(url)) checkUrl(scope, url);
}

/** What is wrong about a URL is said without showing it, as long as it can have a password in it. */
function checkUrl(scope: Construct, url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.password || (parsed === undefined && url.includes('@'))) {
    throw validationError(scope, 'url has a password, which would stand in the template for all to read: leave it out, and give it in secret');
  }
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw validationError(scope, `url is ${show(url)}: use "redis://host:port", or "rediss://host:port" for TLS`);
  }
  if (!/^(\/\d*)?$/.test(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    throw validationError(scope, `url is ${show(url)}: leave out what follows the port, but the number of a database`);
  }
}
