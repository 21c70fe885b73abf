import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly types: Record<string, {
    readonly fqn: string;
    readonly kind: string;
    readonly abstract?: boolean;
    readonly initializer?: { readonly parameters?: readonly { readonly type: { readonly fqn?: string } }[] };
  }>;
}

interface Tree {
  readonly tree: { readonly children: Record<string, { readonly children?: Record<string, { readonly constructInfo?: { readonly fqn: string } }> }> };
}

/** The constructs that the library exports: by jsii's manifest, what is made in a scope. */
export function constructs(manifest: string): string[] {
  const { types } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  return Object.values(types)
    .filter(({ kind, abstract, initializer }) => kind === 'class' && !abstract && initializer?.parameters?.[0]?.type.fqn === 'constructs.Construct')
    .map(({ fqn }) => fqn);
}

/** The classes of what an app has put into its stack itself. What one construct makes inside another is no example of it. */
export function defined(cloudAssembly: string, stack: string): string[] {
  const { tree } = JSON.parse(readFileSync(join(cloudAssembly, 'tree.json'), 'utf8')) as Tree;
  return Object.values(tree.children[stack]?.children ?? {}).flatMap(({ constructInfo }) => constructInfo?.fqn ?? []);
}
