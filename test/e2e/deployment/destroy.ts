import type { Cdk } from './cdk';
import { exists } from './existence';
import type { Identity } from './kit/identity';
import type { DeployedResource, DeployedStack } from './stack';
import { note } from '../checks';

/**
 * Destroys the stacks. Fails if what is retained is gone, or if anything else is still there.
 *
 * @param meant construct paths of what is to be retained: the template may say so by mistake
 */
export async function destroy(cdk: Cdk, root: Identity, { resources }: DeployedStack, meant: readonly string[]): Promise<void> {
  const look = () => Promise.all(resources.map((resource) => exists(root, resource)));
  const before = await look();
  await cdk.destroy();
  const after = await look();
  const seen = resources.map((resource, i) => ({ resource, was: before[i], is: after[i] }));

  const retained = new Set(resources.filter((resource) => resource.retained).map(({ path }) => path));
  const wrong = [
    ...[...retained].filter((path) => !meant.includes(path)).map((path) => `${path} is RETAIN: if it is to be, e2e.ts must say so in retained`),
    ...meant.filter((path) => !retained.has(path)).map((path) => `${path} is in e2e.ts's retained, and is not RETAIN`),
    ...seen.filter(({ resource, was, is }) => was === true && is !== resource.retained)
      .map(({ resource, is }) => `${nameOf(resource)} ${is ? 'is still there' : 'is gone, and should be retained'}`),
    ...seen.filter(({ resource, was }) => was === false && resource.retained).map(({ resource }) => `${nameOf(resource)} was gone before`),
  ];
  if (wrong.length > 0) throw new Error(wrong.join('\n'));

  const count = (state: boolean) => seen.filter(({ was, is }) => was === true && is === state).length;
  note(`${count(false)} gone, ${count(true)} retained`);
  for (const { resource } of seen.filter(({ was }) => was === false)) note(`not there before: ${nameOf(resource)}`);
  const unknown = [...new Set(seen.filter(({ was }) => was === undefined).map(({ resource }) => resource.type))];
  if (unknown.length > 0) note(`not looked for: ${unknown.join(', ')}`);
}

function nameOf({ type, path, physicalId }: DeployedResource): string {
  return `${type} ${path} (${physicalId})`;
}
