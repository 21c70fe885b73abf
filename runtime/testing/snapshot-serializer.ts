const MASK = '<asset-hash>';

const HASH = '([0-9a-f]{64})(?![0-9A-Za-z])';
/** Texts in which the CDK puts an asset's hash. */
const IN_TEXT = [
  new RegExp(`(?:^|/)asset\\.${HASH}`, 'g'), // metadata aws:asset:path, and the folder that it names
  new RegExp(`^${HASH}\\.zip$`, 'g'), // a packed asset's key
  new RegExp(`\\bcdk-[^/\\s]*-(?:assets|staging)-[^/\\s]*/(?:[^\\s"]*/)?${HASH}`, 'g'), // an object in the bootstrap bucket, in any form of URL
  new RegExp(`\\.dkr\\.ecr\\.[^@\\s]*:[\\w.-]*?${HASH}$`, 'g'), // an image's tag; a digest (@sha256:…) is not an asset's hash
  /AssetParameters([0-9a-f]{64})(?=S3Bucket|S3VersionKey|ArtifactHash)/g, // the legacy synthesizer's parameters
];
const ASSET_BUCKET = /^cdk-[^/]*-(?:assets|staging)-[^/]*$/;
const OBJECT_KEY = new RegExp(`^(?:[^\\s]*/)?${HASH}(?:\\.\\w+)*$`);
/** The legacy synthesizer's parameters end in a digest of a path that has the hash in it. */
const LEGACY_PARAMETER = /AssetParameters([0-9a-f]{64})(S3Bucket|S3VersionKey|ArtifactHash)[0-9A-F]{8}/g;
const VERSION_ID = /^(.+)[0-9a-f]{32}$/;

type Plain = Readonly<Record<string, unknown>>;

/** Prints a value; what jest and vitest hand to a serializer. */
export type SnapshotPrinter<Config, Refs> = (value: unknown, config: Config, indentation: string, depth: number, refs: Refs) => string;

/** A snapshot serializer as jest and vitest take it. */
export interface SnapshotSerializer {
  test(value: unknown): boolean;
  serialize<Config, Refs>(
    value: unknown, config: Config, indentation: string, depth: number, refs: Refs, printer: SnapshotPrinter<Config, Refs>,
  ): string;
}

/**
 * Masks the hashes of CDK assets in snapshots of templates, and nothing else, so that a new release of a construct library does
 * not break the snapshots of its users' stacks.
 *
 * A hash is known for an asset's by where it stands: a Lambda's `S3Key`, an object in the bootstrap bucket, an image's tag,
 * `aws:asset:path`. It is then masked wherever else it stands in the same value. Other strings of 64 hexadecimal digits (digests
 * of images, checksums in variables) stay. `fn.currentVersion` of a function whose code is an asset has a logical id that follows
 * the hash: its digest is masked too.
 *
 * In a test's own file; `cdk-cache-tiers/testing/serializer` is for `snapshotSerializers` in a configuration.
 *
 * @example
 * expect.addSnapshotSerializer(assetHashSerializer);
 * expect(Template.fromStack(stack).toJSON()).toMatchSnapshot();
 */
export const assetHashSerializer: SnapshotSerializer = {
  test: (value) => findAssets(value).hashes.size > 0,
  serialize: (value, config, indentation, depth, refs, printer) => printer(mask(value, findAssets(value)), config, indentation, depth, refs),
};

interface Assets {
  readonly hashes: ReadonlySet<string>;
  /** Logical ids of Lambda versions that follow a hash, without their digest. */
  readonly versions: ReadonlyMap<string, string>;
}

function findAssets(root: unknown): Assets {
  const hashes = new Set<string>();
  const leaves: string[] = [];
  const nodes = new Set<Plain>();
  visit(root, (node) => {
    if (typeof node === 'string') {
      if (node.length < 64) return;
      leaves.push(node);
      for (const hash of hashesIn(node)) hashes.add(hash);
      return;
    }
    nodes.add(node);
    const isJoin = 'Fn::Join' in node;
    for (const hash of isJoin ? hashesIn(textOf(node)) : objectKeysIn(node)) hashes.add(hash);
  });
  // Two parts of a join may make up what looks like a hash and is none.
  for (const hash of hashes) if (!leaves.some((leaf) => leaf.includes(hash))) hashes.delete(hash);
  return { hashes, versions: hashes.size > 0 ? versionsIn(nodes, hashes) : new Map() };
}

function* hashesIn(text: string): Iterable<string> {
  for (const pattern of IN_TEXT) for (const [, hash] of text.matchAll(pattern)) yield hash;
}

/** Keys of objects in buckets: `S3Key`, and whatever `…Key` or `…Keys` stands beside the name of the bootstrap bucket. */
function* objectKeysIn(node: Plain): Iterable<string> {
  const besideBucket = Object.values(node).some((value) => [value].flat().some((item) => ASSET_BUCKET.test(textOf(item))));
  for (const [name, value] of Object.entries(node)) {
    if (name !== 'S3Key' && !(besideBucket && /(?:^|[a-z\d])Keys?$/.test(name))) continue;
    for (const item of [value].flat()) {
      const hash = typeof item === 'string' && OBJECT_KEY.exec(item)?.[1];
      if (hash) yield hash;
    }
  }
}

function versionsIn(nodes: ReadonlySet<Plain>, hashes: ReadonlySet<string>): Map<string, string> {
  const versions = new Map<string, string>();
  for (const resources of nodes) {
    for (const [id, version] of Object.entries(resources)) {
      if (!isPlain(version) || version.Type !== 'AWS::Lambda::Version') continue;
      const stem = VERSION_ID.exec(id)?.[1];
      const code = dig(resources, String(dig(version, 'Properties', 'FunctionName', 'Ref')), 'Properties', 'Code');
      if (stem !== undefined && mentions(code, hashes)) versions.set(id, stem);
    }
  }
  return versions;
}

function mentions(value: unknown, hashes: ReadonlySet<string>): boolean {
  let found = false;
  visit(value, (node) => { found ||= typeof node === 'string' && [...hashes].some((hash) => node.includes(hash)); });
  return found;
}

function mask(root: unknown, { hashes, versions }: Assets): unknown {
  const copies = new Map<object, unknown>();
  const parameters = new Map<string, number>();

  const maskText = (text: string): string => {
    if (text.length < 32) return text;
    let masked = text.replaceAll(LEGACY_PARAMETER, (_, hash: string, kind: string) => {
      // Numbered, or the parameters of two assets would have one name.
      if (!parameters.has(hash)) parameters.set(hash, parameters.size + 1);
      return `AssetParameters${MASK}${parameters.get(hash)}${kind}`;
    });
    for (const hash of hashes) masked = masked.replaceAll(hash, MASK);
    for (const [id, stem] of versions) {
      // The name of an export ends in a digest of the name.
      if (masked.includes(id)) masked = masked.replace(new RegExp(`${id}(?:[0-9A-F]{8}\\b)?`, 'g'), `${stem}${MASK}`);
    }
    return masked;
  };

  const copy = (value: unknown): unknown => {
    if (typeof value === 'string') return maskText(value);
    if (!Array.isArray(value) && !isPlain(value)) return value;
    if (!copies.has(value)) {
      const target: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {};
      copies.set(value, target);
      if (Array.isArray(target)) target.push(...(value as unknown[]).map(copy));
      else for (const [name, item] of Object.entries(value)) target[maskText(name)] = copy(item);
    }
    return copies.get(value);
  };
  return copy(root);
}

/** The text that a value comes to, as far as a template knows it. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isPlain(value)) return '';
  const substituted = [value['Fn::Sub']].flat()[0];
  if (typeof substituted === 'string') return substituted;
  const [separator, parts] = Array.isArray(value['Fn::Join']) ? value['Fn::Join'] as unknown[] : [];
  if (typeof separator === 'string' && Array.isArray(parts)) return parts.map(textOf).join(separator);
  return '${?}';
}

/** Visits strings (names of properties too) and plain objects, each object once; what else is in a snapshot is none of ours. */
function visit(root: unknown, visitor: (node: string | Plain) => void): void {
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') visitor(value);
    if (typeof value !== 'object' || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) value.forEach(walk);
    if (!isPlain(value)) return;
    visitor(value);
    for (const [name, item] of Object.entries(value)) {
      visitor(name);
      walk(item);
    }
  };
  walk(root);
}

function dig(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => isPlain(inner) ? inner[name] : undefined, value);
}

/** An object literal of any realm: jest runs tests in one of its own. */
function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
