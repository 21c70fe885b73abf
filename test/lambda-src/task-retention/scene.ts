import { createHash } from 'node:crypto';
import { taskPrefix } from '../../../lib/contract/tasks';
import { PrefixedObjectStore } from '../../../runtime/stores/prefixed-object-store';
import { S3ObjectStore } from '../../../runtime/stores/s3-object-store';
import { ManifestFile } from '../../../runtime/tasks/manifest/manifest-file';
import { withRecords } from '../../../runtime/tasks/manifest/rules';
import type { Manifest, TaskRecord } from '../../../runtime/tasks/manifest/shapes';
import type { S3Server } from '../../support/s3-server';

export const DAY = 24 * 3600 * 1000;
export const HOUR = 3600 * 1000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The manifest of a namespace, as a client has it. */
export function manifestOf(server: S3Server, scope = 'main', namespace = 'default'): ManifestFile {
  const store = new S3ObjectStore({ ...server.clientConfig, bucket: server.bucket });
  return new ManifestFile(new PrefixedObjectStore(store, taskPrefix(scope, namespace)));
}

export const current = (server: S3Server, scope?: string, namespace?: string): Promise<Manifest> => manifestOf(server, scope, namespace).refresh();

/** Puts an object there, without a request. @returns its key */
export function putObject(server: S3Server, below: string, name: string, age: number): string {
  const key = `${taskPrefix(...below.split('/') as [string, string])}${name}`;
  server.objects().set(key, {
    body: Buffer.from('10 bytes..'), etag: '"e"', modified: new Date(Date.now() - age), contentType: 'x', headers: {},
  });
  return key;
}

/** A result that is so old, with an object that holds it. @returns the object's key */
export async function keepResult(server: S3Server, name: string, age: number, scope = 'main', namespace = 'default'): Promise<string> {
  const pack = `objects/${sha256(`pack of ${name}`)}`;
  const object = putObject(server, `${scope}/${namespace}`, pack, age);
  const manifest = manifestOf(server, scope, namespace);
  const { revision } = await manifest.refresh();
  const record: TaskRecord = {
    key: sha256(name), id: `Task_${name}`, family: 'Task', digest: sha256(`result of ${name}`),
    body: { slice: { pack, offset: 0, bytes: 10, digest: sha256('10 bytes..') } },
    bytes: 10, created: Date.now() - age, duration: 1, seen: revision, validity: { kind: 'forever' }, requires: [],
  };
  await manifest.update((newest) => withRecords(newest, [record], () => [pack]).manifest);
  return object;
}

export const unused = (server: S3Server, name: string, age: number, below = 'main/default'): string =>
  putObject(server, below, `objects/${sha256(name)}`, age);

/** Objects alone: neither manifests nor what else there is. */
export const objectsIn = (server: S3Server): string[] => [...server.objects().keys()].filter((key) => key.includes('/objects/')).sort();

/** Lets time pass: what is condemned has been so for that long. */
export async function condemnedFor(server: S3Server, time: number): Promise<void> {
  const manifest = manifestOf(server);
  await manifest.refresh();
  await manifest.update((newest) => ({ ...newest, condemned: new Map([...newest.condemned.keys()].map((key) => [key, manifest.now() - time])) }));
}
