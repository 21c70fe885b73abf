import { changeShard, CONFIG_CACHE_ATTRIBUTE as A, CONFIG_STATE } from '../../../lib/contract/config.js';
import { number, numberOf, stringOf, text } from '../../aws/attribute-values.js';
import type { AttributeValue, Item } from '../../aws/dynamodb.js';
import type { CachedParameter } from './cache-table.js';
import type { ParameterMetadata } from './parameter-metadata.js';

const TEXTS = ['lastModifiedUser', 'tier', 'keyId', 'dataType', 'description', 'allowedPattern', 'policies'] as const;

/** Metadata is copied name by name, so a value can never get into a row. */
export function itemOf({ name, state, revision, changed, metadata, expires }: CachedParameter): Item {
  const item: Record<string, AttributeValue> = {
    [A.partition]: text(name),
    [A.state]: text(state),
    [A.revision]: number(revision),
    [A.changeShard]: text(changeShard(name)),
    [A.changed]: number(changed),
  };
  if (expires !== undefined) item[A.ttl] = number(expires);
  if (metadata === undefined) return item;
  item[A.version] = number(metadata.version);
  item[A.lastModified] = number(metadata.lastModified);
  item[A.type] = text(metadata.type);
  for (const member of TEXTS) {
    const value = metadata[member];
    if (value !== undefined) item[A[member]] = text(value);
  }
  return item;
}

/** A row that somebody else has damaged is one whose metadata are not known: it will be replaced. */
export function rowOf(name: string, item: Item): CachedParameter {
  const [state, shard] = [stringOf(item, A.state), stringOf(item, A.changeShard)];
  const [revision, changed] = [numberOf(item, A.revision), numberOf(item, A.changed)];
  const isWhole = (state === CONFIG_STATE.active || state === CONFIG_STATE.deleted)
    && shard === changeShard(name) && revision !== undefined && changed !== undefined;
  const metadata = isWhole ? metadataOf(name, item) : undefined;
  const expires = numberOf(item, A.ttl);
  return {
    name,
    state: state === CONFIG_STATE.deleted ? 'DELETED' : 'ACTIVE',
    revision: revision ?? 0,
    changed: changed ?? 0,
    ...(metadata && { metadata }),
    ...(expires !== undefined && { expires }),
  };
}

function metadataOf(name: string, item: Item): ParameterMetadata | undefined {
  const [version, lastModified, type] = [numberOf(item, A.version), numberOf(item, A.lastModified), stringOf(item, A.type)];
  if (version === undefined || lastModified === undefined || type === undefined) return undefined;
  const texts = TEXTS.map((member) => [member, stringOf(item, A[member])] as const).filter(([, value]) => value !== undefined);
  return { name, version, lastModified, type, ...Object.fromEntries(texts) };
}
