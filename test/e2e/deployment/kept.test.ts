import { execFileSync } from 'node:child_process';
import { keptLines } from './kept';

test('a shell that reads the lines has the variables, whatever is in them', () => {
  const value = 'it\'s $HOME "and" `more`';
  const lines = keptLines({ AWS_REGION: 'us-east-1', PLACE: value }, [{ name: 'one', outputs: { FootprintName: '/a', QueueUrl2: 'b' } }]);
  const names = ['AWS_REGION', 'PLACE', 'STACK_FOOTPRINT_NAME', 'STACK_QUEUE_URL2'];
  const script = `${lines.join('\n')}\nprintf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n')).toEqual(['us-east-1', value, '/a', 'b', '']);
});
