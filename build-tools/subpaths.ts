/** Subpaths of the package beside the constructs: `cdk-cache-tiers/<name>` is `runtime/<name>/index.ts`. */
const NAMES = ['memoize', 'testing', 'testing/serializer', 'aws-sdk', 'config', 'live', 'live/arrow', 'tasks'];

const at = (format: 'esm' | 'cjs', name: string, extension: string) => `./build/${format}/runtime/${name}/index.${extension}`;

export const subpaths = {
  exports: Object.fromEntries(NAMES.map((name) => [`./${name}`, {
    import: { types: at('esm', name, 'd.ts'), default: at('esm', name, 'js') },
    require: { types: at('cjs', name, 'd.ts'), default: at('cjs', name, 'js') },
  }])),
  typesVersions: Object.fromEntries(NAMES.map((name) => [name, [at('cjs', name, 'd.ts')]])),
};
