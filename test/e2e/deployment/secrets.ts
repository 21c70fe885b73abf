import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Identity } from './kit/identity';
import { logs } from './kit/logs';
import type { DeployedStack } from './stack';
import { Marks } from '../../secrets/marks';

/** Shorter ones might be found in anything. */
const LEAST = 12;

/**
 * Fails if something that the account keeps secret is where others may look: in what functions have logged, in templates, in outputs.
 *
 * @returns how many secrets were looked for, and in how many places
 */
export async function assertKept(
  root: Identity, stack: DeployedStack, outputs: Readonly<Record<string, string>>,
): Promise<{ readonly secrets: number; readonly places: number }> {
  const secrets = { ...await ofSecretsManager(root), ...await ofParameterStore(root) };
  const marks = new Marks(secrets);
  for (const [name, template] of stack.templates) marks.see(`template ${name}`, JSON.stringify(template));
  marks.see('outputs', JSON.stringify(outputs));
  for (const { path, physicalId } of stack.ofType('AWS::Lambda::Function')) marks.see(`log of ${path}`, (await logs(root, physicalId)).join('\n'));
  const found = marks.found();
  if (found.length > 0) throw new Error(found.join('\n'));
  return { secrets: Object.keys(secrets).length, places: marks.places };
}

/** Members of secrets that are JSON, and others whole. */
async function ofSecretsManager(root: Identity): Promise<Record<string, string>> {
  const client = root.as(SecretsManagerClient);
  const found: [string, string][] = [];
  const { SecretList = [] } = await client.send(new ListSecretsCommand({ MaxResults: 100 }));
  for (const { ARN, Name } of SecretList) {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: ARN }));
    found.push(...Object.entries(membersOf(SecretString)).map(([member, value]): [string, string] => [`secret ${Name} ${member}`, value]));
  }
  return longEnough(found);
}

function membersOf(text: string): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text) as object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return { value: text };
  }
}

async function ofParameterStore(root: Identity): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await root.as(SSMClient).send(new GetParametersByPathCommand({ Path: '/', Recursive: true, WithDecryption: true, NextToken }));
    for (const { Name, Type, Value = '' } of page.Parameters ?? []) if (Type === 'SecureString') found.push([`parameter ${Name}`, Value]);
    NextToken = page.NextToken;
    if (NextToken === undefined) return longEnough(found);
  }
}

const longEnough = (found: readonly [string, string][]) => Object.fromEntries(found.filter(([, value]) => value.length >= LEAST));
