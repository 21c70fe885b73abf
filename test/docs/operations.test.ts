import { TierAlarm } from '../../lib/observability';
import { textOf } from './markdown';

test('each alarm has a section in docs/operations.md, which its description names, and no section is of another', () => {
  const [, alarms] = /^## Alarms$(.*?)^## /ms.exec(textOf('docs/operations.md'))!;
  const sections = alarms.split(/^### /m).slice(1).map((section) => {
    const [name, ...lines] = section.split('\n');
    return { name, says: ['**Means:**', '**Harm:**', '**Do:**'].filter((part) => lines.join('\n').includes(part)).length };
  });
  expect(sections).toEqual(Object.values(TierAlarm).map((name) => ({ name, says: 3 })));
});
