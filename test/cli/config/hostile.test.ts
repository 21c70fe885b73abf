import { CONFIG_CACHE_ATTRIBUTE as A, changeShard } from '../../../lib/contract/config';
import { isHarmless } from '../../../cli/completion/answer';
import { number, text } from '../../../runtime/aws/attribute-values';
import { dynamoDbClient } from '../../../runtime/aws/dynamodb';
import { cli } from '../terminal';
import { startConfigWorld, type ConfigWorld } from './world';

jest.setTimeout(60_000);

const TERMINAL = '/app/\u009b31m\u202e\u007f';
const SHELL = ['/app/$(touch x)', '/app/`touch x`', '/app/a"b', '/app/a\'b', '/app/a;b', '/app/a\\b', '/app/!!', '/app/*', '/app/a b'];

let world: ConfigWorld;
beforeAll(async () => {
  world = await startConfigWorld();
  await world.put('/app/plain', 'value');
  const client = dynamoDbClient(world.dynamoDb.clientConfig);
  for (const name of [TERMINAL, ...SHELL]) {
    await client.call('PutItem', { TableName: world.tables.cache, Item: {
      [A.partition]: text(name), [A.state]: text('ACTIVE'), [A.revision]: number(1), [A.changeShard]: text(changeShard(name)),
      [A.changed]: number(world.time), [A.version]: number(1), [A.lastModified]: { N: '1e100' }, [A.type]: text('String'),
      [A.description]: text('\u009b2J'), [A.lastModifiedUser]: text('arn:\u009b2J'),
    } });
  }
  client.destroy();
  expect(await world.config(['sync'])).toMatchObject({ code: 0 });
});
afterAll(async () => world.close());

const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}]/u;

const COMMANDS = [['list', '--json'], ['list', '--long'], ['list', '/app', '--offline']];

test.each(COMMANDS.map((args) => [args]))('%p: nothing that a terminal obeys, and no time that is none', async (args) => {
  const { code, stdout, stderr } = await world.config(args);
  expect({ code, stderr: obeyed.exec(stderr) }).toEqual({ code: 0, stderr: null });
  expect(obeyed.exec(stdout)).toBeNull();
  if (args.includes('--json')) {
    const { parameters } = JSON.parse(stdout) as { parameters: { name: string; description: string }[] };
    expect(parameters.map(({ name }) => name).sort()).toEqual([TERMINAL, ...SHELL, '/app/plain'].sort());
  }
});

test('a shell is offered only what it takes for text, also within quotes that are open', () => {
  expect([TERMINAL, ...SHELL, '/app/plain', 'with-no.slash_'].filter((name) => isHarmless('name', name))).toEqual(['/app/plain', 'with-no.slash_']);
  expect(['my $prod (eu)', '`x`', '$(touch x)', '\u009b'].filter((name) => isHarmless('profile', name))).toEqual(['my $prod (eu)']);
});

test('--debug: what a server says is no command to a terminal', async () => {
  const { code, stderr } = await cli(['config', 'get', '/app/\u009b31m', '--debug'], { env: world.env });
  expect(code).not.toBe(0);
  expect(obeyed.exec(stderr)).toBeNull();
});
