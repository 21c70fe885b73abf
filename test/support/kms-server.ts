import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, TEST_CREDENTIALS, TEST_REGION } from './dynamodb-server';

type Context = Readonly<Record<string, string>>;

/** A key, as it may be in an account. */
export interface KmsKey {
  state: 'Enabled' | 'Disabled' | 'PendingDeletion' | 'Gone';
  /** Whether the caller may not use it. */
  denied?: boolean;
}

interface Refusal {
  readonly name: string;
  readonly status: number;
  readonly message: string;
}

/** Ciphertexts of AWS KMS begin with bytes like these. */
const HEADER = Buffer.from([1, 2, 2, 0, 0x78]);

/** Keys of AWS KMS in memory, of one account and Region. Encryption contexts are checked. */
export class KmsModel {
  readonly keys = new Map<string, KmsKey>();
  /** Decryptions so far: what was asked for, without what came of it. */
  readonly decryptions: { readonly keyId: string; readonly context: Context }[] = [];
  private readonly material = new Map<string, Buffer>();

  constructor(readonly account = '123456789012', readonly region: string = TEST_REGION) {}

  /** @returns the key's ARN */
  createKey(id: string = randomUUID()): string {
    const arn = `arn:aws:kms:${this.region}:${this.account}:key/${id}`;
    this.keys.set(arn, { state: 'Enabled' });
    this.material.set(arn, randomBytes(32));
    return arn;
  }

  encrypt(arn: string, plaintext: Uint8Array, context: Context): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.material.get(arn)!, nonce).setAAD(canonical(context));
    const id = Buffer.from(arn);
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([HEADER, Buffer.from([id.length]), id, nonce, cipher.getAuthTag(), body]);
  }

  decrypt(blob: Buffer, context: Context): { readonly keyId: string; readonly plaintext: Buffer } {
    const length = blob[HEADER.length] ?? 0;
    const at = HEADER.length + 1 + length;
    const keyId = blob.subarray(HEADER.length + 1, at).toString('utf8');
    this.decryptions.push({ keyId, context });
    this.check(keyId);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.material.get(keyId)!, blob.subarray(at, at + 12))
        .setAAD(canonical(context)).setAuthTag(blob.subarray(at + 12, at + 28));
      return { keyId, plaintext: Buffer.concat([decipher.update(blob.subarray(at + 28)), decipher.final()]) };
    } catch {
      throw refusal('InvalidCiphertextException', 400, '');
    }
  }

  private check(arn: string): void {
    const key = this.keys.get(arn);
    if (key === undefined || key.state === 'Gone') throw refusal('NotFoundException', 400, `Key '${arn}' does not exist`);
    if (key.denied) throw refusal('AccessDeniedException', 400, 'The ciphertext refers to a customer master key that you may not use.');
    if (key.state === 'Disabled') throw refusal('DisabledException', 400, `${arn} is disabled.`);
    if (key.state === 'PendingDeletion') throw refusal('KMSInvalidStateException', 400, `${arn} is pending deletion.`);
  }
}

export interface KmsServerOptions {
  readonly model?: KmsModel;
  /** Takes what it can decrypt itself before the model sees it: ciphertexts that another simulator has made. */
  readonly decrypt?: (blob: Buffer, context: Context) => string | undefined;
}

export interface KmsServer {
  readonly endpoint: string;
  readonly model: KmsModel;
  readonly clientConfig: { readonly endpoint: string; readonly region: string; readonly credentials: typeof TEST_CREDENTIALS };
  close(): Promise<void>;
}

/** A server of AWS KMS in this process, on 127.0.0.1 and a free port. It knows `Decrypt`, `Encrypt` and `GenerateDataKey`. */
export async function startKms(options: KmsServerOptions = {}): Promise<KmsServer> {
  const model = options.model ?? new KmsModel();
  const server = createServer((request, response) => void handle(model, options, request, response).catch(() => response.destroy()));
  const endpoint = await listen(server);
  return {
    endpoint, model, clientConfig: { endpoint, region: model.region, credentials: TEST_CREDENTIALS },
    close: () => new Promise<void>((resolve, reject) => {
      server.close((error) => error ? reject(error) : resolve());
      server.closeAllConnections();
    }),
  };
}

interface Input {
  readonly CiphertextBlob?: string;
  readonly Plaintext?: string;
  readonly KeyId?: string;
  readonly NumberOfBytes?: number;
  readonly EncryptionContext?: Context;
}

async function handle(model: KmsModel, options: KmsServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = String(request.headers['x-amz-target']).replace(/^TrentService\./, '');
  try {
    if (!request.headers.authorization?.includes('/kms/aws4_request')) throw refusal('MissingAuthenticationTokenException', 400, 'not signed');
    reply(response, 200, answer(model, options, operation, JSON.parse(Buffer.concat(chunks).toString('utf8')) as Input));
  } catch (error) {
    const { name, status, message } = error as Refusal;
    if (status === undefined) throw error;
    reply(response, status, { __type: name, message });
  }
}

function answer(model: KmsModel, options: KmsServerOptions, operation: string, input: Input): object {
  const { EncryptionContext: context = {}, KeyId: keyId = '' } = input;
  if (operation === 'Decrypt') {
    const blob = Buffer.from(input.CiphertextBlob ?? '', 'base64');
    const other = options.decrypt?.(blob, context);
    if (other !== undefined) return { KeyId: 'other', Plaintext: Buffer.from(other).toString('base64') };
    const { keyId: arn, plaintext } = model.decrypt(blob, context);
    if (keyId !== '' && keyId !== arn) throw refusal('IncorrectKeyException', 400, 'another key');
    return { KeyId: arn, Plaintext: plaintext.toString('base64') };
  }
  const plaintext = operation === 'GenerateDataKey' ? randomBytes(input.NumberOfBytes ?? 32) : Buffer.from(input.Plaintext ?? '', 'base64');
  if (operation !== 'GenerateDataKey' && operation !== 'Encrypt') throw refusal('UnknownOperationException', 400, operation);
  const blob = model.encrypt(keyId, plaintext, context).toString('base64');
  return { KeyId: keyId, CiphertextBlob: blob, ...(operation === 'GenerateDataKey' && { Plaintext: plaintext.toString('base64') }) };
}

function canonical(context: Context): Buffer {
  return createHash('sha256').update(JSON.stringify(Object.entries(context).sort(([a], [b]) => a < b ? -1 : 1))).digest();
}

const refusal = (name: string, status: number, message: string): Refusal => ({ name, status, message });

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() }).end(JSON.stringify(body));
}
