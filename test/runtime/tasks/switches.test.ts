import fc from 'fast-check';
import { isPattern, matchesName } from '../../../lib/contract/tasks';
import { TaskSwitches } from '../../../runtime/tasks/switches';

describe('matchesName', () => {
  test.each<[string, string, boolean]>([
    ['Delete*', 'DeleteStack', true], ['Delete*', 'Delete', true], ['Delete*', 'UnDelete', false], ['*', '', true], ['', '', true], ['', 'a', false],
    ['*Task', 'RunTask', true], ['*Task', 'RunTasks', false], ['a*b*c', 'a-b-c', true], ['a*b*c', 'abc', true], ['a*b*c', 'acb', false],
    ['a*a', 'a', false], ['a*a', 'aa', true], ['*ab*b', 'ab', false], ['a.c', 'abc', false], ['**', 'any', true],
  ])('%j of %j: %j', (pattern, name, matches) => {
    expect(matchesName(pattern, name)).toBe(matches);
  });

  test('is what a regular expression says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, name) => {
      expect(matchesName(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      expect(isPattern(pattern)).toBe(pattern.includes('*'));
    }));
  });
});

describe('switches', () => {
  test('everything is on where they say nothing', () => {
    for (const text of ['{}', '{"enabled":true}', '{"tasks":{}}']) expect(TaskSwitches.parse(text)).toMatchObject({ enabled: true });
    expect(TaskSwitches.ON.allows('Any')).toBe(true);
  });

  test('a family\'s own name is before the longest pattern, which is before the rest', () => {
    const switches = new TaskSwitches({ default: false, tasks: { 'Delete*': true, 'DeleteP*': false, DeletePortfolio: true } });
    const allowed = ['DeleteStack', 'DeleteProduct', 'DeletePortfolio', 'Share', 'toString'].filter((family) => switches.allows(family));
    expect(allowed).toEqual(['DeleteStack', 'DeletePortfolio']);
  });

  test('nothing is on where all is off', () => {
    const switches = TaskSwitches.parse('{"enabled":false,"tasks":{"A":true}}');
    expect([switches.enabled, switches.allows('A')]).toEqual([false, false]);
  });

  test('switching keeps all else, also what is not known here', () => {
    const switches = TaskSwitches.parse('{"later":[1],"tasks":{"A":true}}');
    expect(switches.with(false).value).toEqual({ later: [1], tasks: { A: true }, enabled: false });
    expect(switches.with(false, 'B*').value).toEqual({ later: [1], tasks: { A: true, 'B*': false } });
    const some = new TaskSwitches({ tasks: { DeleteStack: true, 'Delete*': true, 'DeleteP*': true, Get: true } });
    expect(some.with(false, 'Delete*').value.tasks).toEqual({ Get: true, 'Delete*': false });
    expect(some.with(false, 'Delete*').allows('DeleteStack')).toBe(false);
    expect(switches.with(false, '__proto__').allows('__proto__')).toBe(false);
    expect(switches.value).toEqual({ later: [1], tasks: { A: true } });
  });

  test.each([
    ['', 'switches: must be JSON such as {"enabled":true,"tasks":{"Delete*":false}}, got \'\''],
    ['[]', 'switches: must be a JSON object, got []'],
    ['{"enabled":"no"}', "switches: enabled must be true or false, got 'no'"],
    ['{"default":null}', 'switches: default must be true or false, got null'],
    ['{"tasks":["A"]}', "switches: tasks must be an object of names with true or false, got [ 'A' ]"],
    ['{"tasks":{"A":0}}', "switches: tasks['A'] must be true or false, got 0"],
  ])('fails for %s', (text, message) => {
    expect(() => TaskSwitches.parse(text)).toThrow(expect.objectContaining({ code: 'E_TASK_OPTION', message }));
  });
});
