// Writes all names in a subject's form.
import { answer, params } from '../harness/child.mjs';
import { COUNT, nameOf, versionOf } from '../harness/config-world.mjs';

await answer(async () => {
  const { fill } = await import(params.module);
  await fill(params.folder, Array.from({ length: COUNT }, (_, i) => ({
    name: nameOf(i), version: versionOf(i, 9), lastModified: 1_790_000_000_000 + i * 25_920, type: 'String', tier: 'Standard', dataType: 'text',
    lastModifiedUser: `arn:aws:sts::111122223333:assumed-role/deploy-${i % 20}/session`,
  })));
  return {};
});
