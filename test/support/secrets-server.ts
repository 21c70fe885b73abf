import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, TEST_CREDENTIALS, TEST_REGION } from './dynamodb-server';

interface Refusal {
  readonly name: string;
  readonly message: string;
}

interface Version {
  /** A version that a rotation has begun is there without a value. */
  value?: string;
  readonly stages: Set<string>;
}

interface Input {
  readonly SecretId?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly VersionStages?: readonly string[];
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly MoveToVersionId?: string;
  readonly RemoveFromVersionId?: string;
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const PENDING = 'AWSPENDING';
const TOKEN = /^[\w-]{32,64}$/;

/** One secret of AWS Secrets Manager, by the rules that its API documents. */
export class SecretModel {
  readonly arn: string;
  readonly versions = new Map<string, Version>();
  /** Unix epoch seconds. */
  changed = 0;

  constructor(name: string, value: string, private readonly now: () => number) {
    this.arn = `arn:aws:secretsmanager:${TEST_REGION}:123456789012:secret:${name}-AbCdEf`;
    this.put({ ClientRequestToken: randomUUID(), SecretString: value });
  }

  /** Id of the version that has a label. */
  versionAt(stage: string): string | undefined {
    return [...this.versions].find(([, { stages }]) => stages.has(stage))?.[0];
  }

  /** The value under a label. */
  at(stage: string): string | undefined {
    return this.versions.get(this.versionAt(stage) ?? '')?.value;
  }

  /** What Secrets Manager does before it calls the rotation function: the version is there with its label, and has no value. @returns its token */
  beginRotation(token: string = randomUUID()): string {
    const pending = this.versionAt(PENDING);
    if (pending !== undefined && pending !== this.versionAt(CURRENT)) {
      throw refusal('InvalidRequestException', 'A previous rotation isn\'t complete. That rotation will be reattempted.');
    }
    this.versionOf(token);
    this.attach(PENDING, token);
    return token;
  }

  get({ VersionId: id, VersionStage: stage }: Input): object {
    const found = id ?? this.versionAt(stage ?? CURRENT);
    const version = this.versions.get(found ?? '');
    if (stage !== undefined && version !== undefined && !version.stages.has(stage)) {
      throw refusal('InvalidRequestException', 'You provided a VersionStage that is not associated to the provided VersionId.');
    }
    if (version?.value === undefined) {
      const asked = id === undefined ? `staging label: ${stage ?? CURRENT}` : `VersionId: ${id}`;
      throw refusal('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${asked}`);
    }
    return { ARN: this.arn, VersionId: found, VersionStages: [...version.stages], SecretString: version.value };
  }

  put({ ClientRequestToken: token, SecretString: value, VersionStages: stages }: Input): object {
    if (token === undefined || !TOKEN.test(token)) throw refusal('InvalidParameterException', 'ClientRequestToken must have 32 to 64 characters.');
    if (value === undefined) throw refusal('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    if (Buffer.byteLength(value) > 65_536) throw refusal('ValidationException', 'SecretString is longer than 65536 bytes.');
    const existing = this.versions.get(token)?.value;
    if (existing !== undefined && existing !== value) {
      throw refusal('ResourceExistsException', 'You can\'t change the value of a version that exists.');
    }
    if (existing === undefined) {
      this.versionOf(token).value = value;
      for (const stage of stages ?? [CURRENT]) this.attach(stage, token);
      if (this.versionAt(CURRENT) === undefined) this.attach(CURRENT, token);
      this.touch();
    }
    return { ARN: this.arn, VersionId: token, VersionStages: [...this.versions.get(token)!.stages] };
  }

  updateStage({ VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from }: Input): object {
    if (stage === undefined || (to === undefined && from === undefined)) throw refusal('InvalidParameterException', 'Nothing to do.');
    const holder = this.versionAt(stage);
    if (to !== undefined && !this.versions.has(to)) throw refusal('ResourceNotFoundException', `There is no version ${to}.`);
    if (from !== undefined && holder !== from) throw refusal('InvalidParameterException', `The label ${stage} isn't attached to version ${from}.`);
    if (from === undefined && holder !== undefined && holder !== to) {
      throw refusal('InvalidParameterException', `The label ${stage} is attached to another version: give RemoveFromVersionId.`);
    }
    if (to === undefined && stage === CURRENT) {
      throw refusal('InvalidParameterException', 'The label AWSCURRENT can be moved to a different version, and not be removed completely.');
    }
    if (to === undefined) this.versions.get(holder!)!.stages.delete(stage);
    else this.attach(stage, to);
    this.touch();
    return { ARN: this.arn };
  }

  describe(): object {
    const staged = [...this.versions].filter(([, { stages }]) => stages.size > 0);
    return {
      ARN: this.arn, LastChangedDate: this.changed,
      VersionIdsToStages: Object.fromEntries(staged.map(([id, { stages }]) => [id, [...stages]])),
    };
  }

  private versionOf(id: string): Version {
    const version = this.versions.get(id) ?? { stages: new Set<string>() };
    this.versions.set(id, version);
    return version;
  }

  /** A label is on one version at a time, and the one that loses `AWSCURRENT` becomes the previous one. */
  private attach(stage: string, id: string): void {
    const holder = this.versionAt(stage);
    if (holder === id) return;
    if (holder !== undefined) this.versions.get(holder)!.stages.delete(stage);
    this.versions.get(id)!.stages.add(stage);
    if (stage === CURRENT && holder !== undefined) this.attach(PREVIOUS, holder);
  }

  private touch(): void {
    this.changed = this.now() / 1000;
  }
}

export interface SecretsServer {
  readonly endpoint: string;
  readonly clientConfig: { readonly endpoint: string; readonly region: string; readonly credentials: typeof TEST_CREDENTIALS };
  /** Environment for a child process, or for a client that reads it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was called, in order. */
  readonly calls: string[];
  /** Sees each call first, and may refuse it or do something before it. */
  before: ((operation: string, input: Input) => void | Promise<void>) | undefined;
  create(name: string, value: string): SecretModel;
  close(): Promise<void>;
}

/** A server of AWS Secrets Manager in this process, on 127.0.0.1 and a free port. @param now the time that it puts down, in milliseconds */
export async function startSecrets(now: () => number = Date.now): Promise<SecretsServer> {
  const secrets = new Map<string, SecretModel>();
  const calls: string[] = [];
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  const endpoint = await listen(server);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).replace(/^secretsmanager\./, '');
    try {
      const signed = request.headers.authorization?.includes('/secretsmanager/aws4_request');
      if (!signed) throw refusal('MissingAuthenticationTokenException', 'not signed');
      const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Input;
      calls.push(operation);
      await running.before?.(operation, input);
      reply(response, 200, perform(operation, input));
    } catch (error) {
      const { name, message } = error as Refusal;
      if (error instanceof Error) throw error;
      reply(response, 400, { __type: name, Message: message });
    }
  }

  function perform(operation: string, input: Input): object {
    const secret = secrets.get(input.SecretId ?? '');
    if (secret === undefined) throw refusal('ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.');
    switch (operation) {
      case 'GetSecretValue': return secret.get(input);
      case 'PutSecretValue': return secret.put(input);
      case 'DescribeSecret': return secret.describe();
      case 'UpdateSecretVersionStage': return secret.updateStage(input);
      case 'RotateSecret': return { ARN: secret.arn, VersionId: secret.beginRotation(input.ClientRequestToken) };
      default: throw refusal('UnknownOperationException', operation);
    }
  }

  const running: SecretsServer = {
    endpoint,
    calls,
    before: undefined,
    clientConfig: { endpoint, region: TEST_REGION, credentials: TEST_CREDENTIALS },
    environment: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      AWS_REGION: TEST_REGION,
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    },
    create(name, value) {
      const secret = new SecretModel(name, value, now);
      secrets.set(secret.arn, secret);
      secrets.set(name, secret);
      return secret;
    },
    close: () => new Promise<void>((resolve, reject) => {
      server.close((error) => error ? reject(error) : resolve());
      server.closeAllConnections();
    }),
  };
  return running;
}

/** For `before`: the server answers with it. */
export const refusal = (name: string, message: string = name): Refusal => ({ name, message });

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() }).end(JSON.stringify(body));
}
