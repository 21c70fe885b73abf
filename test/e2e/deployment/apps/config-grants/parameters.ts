import { ok, strictEqual } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AddTagsToResourceCommand, DeleteParameterCommand, DeleteParametersCommand, DescribeParametersCommand, GetParameterCommand,
  GetParameterHistoryCommand, GetParametersByPathCommand, GetParametersCommand, LabelParameterVersionCommand, ListTagsForResourceCommand,
  PutParameterCommand, RemoveTagsFromResourceCommand, UnlabelParameterVersionCommand, type SSMClient,
} from '@aws-sdk/client-ssm';
import { eventually, refused } from '../../kit';
import type { Target } from './target';
import { query, readCopy, readLog } from './uses';

const ResourceType = 'Parameter';

/** grantNamespace, and grantRestore of the log and of the footprint. */
export async function parameters(target: Target): Promise<void> {
  const { names, namespace, alike, footprint, archive, tables: { audit } } = target;
  const part = `${namespace}/db`;

  await target.check('grantNamespace READ: the parameters of the path and their versions, no write, nothing that begins alike', async () => {
    const { ssm } = await target.as('Reader');
    await reads(ssm, namespace, names.inPart);
    await refusesReading(ssm, alike, names.alike);
    await refusesWriting(ssm, names.inPart, names.inPart);
    await refused(() => ssm.send(new GetParameterCommand({ Name: footprint })), 'ssm:GetParameter');
    await refused(() => ssm.send(new DescribeParametersCommand({})), 'ssm:DescribeParameters');
  });

  await target.check('grantNamespace WRITE: all that is done with parameters of the path, nothing that begins alike, not the footprint', async () => {
    const { ssm } = await target.as('Writer');
    await reads(ssm, namespace, names.inPart);
    await writes(target, ssm, namespace);
    await refusesReading(ssm, alike, names.alike);
    for (const name of [names.alike, footprint]) await refusesWriting(ssm, name, names.inPart);
  });

  await target.check('grantRestore: the log of the path and its parameters, nothing that begins alike, not the footprint', async () => {
    for (const role of ['Restorer', 'FootprintRestorer'] as const) {
      const { dynamo, s3, ssm } = await target.as(role);
      const record = await readLog(dynamo, audit, names.inPart);
      if (archive) await readCopy(s3, archive, record);
      await reads(ssm, part, names.inPart);
      await writes(target, ssm, part);
      await refused(() => query(dynamo, audit, ['parameter_name', names.nextToPart]), 'dynamodb:Query');
      await refusesReading(ssm, namespace, names.nextToPart);
      for (const name of [names.nextToPart, footprint]) await refusesWriting(ssm, name, names.inPart);
    }
    await (await target.as('FootprintRestorer')).ssm.send(new GetParameterCommand({ Name: footprint }));
  });
}

async function reads(ssm: SSMClient, Path: string, Name: string): Promise<void> {
  await ssm.send(new GetParameterCommand({ Name: `${Name}:1` }));
  await ssm.send(new GetParametersCommand({ Names: [Name] }));
  await ssm.send(new GetParameterHistoryCommand({ Name }));
  const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path, Recursive: true }));
  ok(Parameters.some((parameter) => parameter.Name === Name), `${Name} is not below ${Path}`);
}

async function refusesReading(ssm: SSMClient, Path: string, Name: string): Promise<void> {
  await refused(() => ssm.send(new GetParameterCommand({ Name })), 'ssm:GetParameter');
  await refused(() => ssm.send(new GetParametersCommand({ Names: [Name] })), 'ssm:GetParameters');
  await refused(() => ssm.send(new GetParameterHistoryCommand({ Name })), 'ssm:GetParameterHistory');
  for (const each of [Path, '/']) {
    await refused(() => ssm.send(new GetParametersByPathCommand({ Path: each, Recursive: true })), 'ssm:GetParametersByPath');
  }
}

async function writes({ written }: Target, ssm: SSMClient, path: string): Promise<void> {
  const Name = `${path}/written-${randomUUID()}`;
  const resource = { ResourceType, ResourceId: Name } as const;
  await ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }));
  await ssm.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['stable'] }));
  await ssm.send(new UnlabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['stable'] }));
  await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'team', Value: 'x' }] }));
  await ssm.send(new ListTagsForResourceCommand(resource));
  await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['team'] }));
  await ssm.send(new PutParameterCommand({ Name: `${Name}-too`, Value: 'x', Type: 'String' }));
  written.push({ ssm, name: Name }, { ssm, name: `${Name}-too` });
}

/** Only when the cache has them: handlers that are told of something that has gone wait for it, and would until the app is destroyed. */
export async function deletes(target: Target): Promise<void> {
  const { tables, written, e2e: { root } } = target;
  const dynamo = root.as(DynamoDBClient);
  const state = async (name: string) => (await query(dynamo, tables.cache, ['parameter_name', name]))[0]?.state?.S;

  await target.check('grantNamespace WRITE and grantRestore: what was written is deleted, one by one and many at once', async () => {
    for (const [i, { ssm, name }] of written.entries()) {
      await eventually(async () => strictEqual(await state(name), 'ACTIVE'), { within: '20s' });
      if (i % 2 === 0) await ssm.send(new DeleteParameterCommand({ Name: name }));
      else await ssm.send(new DeleteParametersCommand({ Names: [name] }));
    }
    for (const { name } of written) await eventually(async () => strictEqual(await state(name), 'DELETED'), { within: '20s' });
  });
}

/** @param own a parameter that is no reason for a refusal, in a call that names several */
async function refusesWriting(ssm: SSMClient, Name: string, own: string): Promise<void> {
  const resource = { ResourceType, ResourceId: Name } as const;
  await refused(() => ssm.send(new PutParameterCommand({ Name, Value: 'x', Overwrite: true })), 'ssm:PutParameter');
  await refused(() => ssm.send(new DeleteParameterCommand({ Name })), 'ssm:DeleteParameter');
  await refused(() => ssm.send(new DeleteParametersCommand({ Names: [own, Name] })), 'ssm:DeleteParameters');
  await refused(() => ssm.send(new LabelParameterVersionCommand({ Name, Labels: ['stable'] })), 'ssm:LabelParameterVersion');
  await refused(() => ssm.send(new UnlabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['stable'] })), 'ssm:UnlabelParameterVersion');
  await refused(() => ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'team', Value: 'x' }] })), 'ssm:AddTagsToResource');
  await refused(() => ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['team'] })), 'ssm:RemoveTagsFromResource');
}
