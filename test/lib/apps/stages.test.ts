import { App, Stack, Stage, Token } from 'aws-cdk-lib';
import { defaults, everything } from './constructs';
import { statefulOf } from './stateful';
import { Rendered, resourcesOf } from './templates';
import { HERE } from '../stacks';

const DEFINITIONS: [string, typeof defaults][] = [['defaults', defaults], ['everything', everything]];

/** Two stages of an app, each with the stack of the same id. */
function stages(define: typeof defaults): Stack[] {
  const app = new App();
  return ['Beta', 'Prod'].map((id) => define(new Stage(app, id), 'Caches'));
}

/** Properties by which CloudFormation gives a physical name, in an account and Region or a VPC. */
const NAMES = /^(Name|(Table|Bucket|Queue|Function|Role|Rule|LogGroup|Cluster|Service|Trail|ReplicationGroup|LoadBalancer|Group|Secret)(Name|Id))$/;
/** These refer to something else by its name, or need not be unique. */
const REFERENCES = ['AWS::ServiceDiscovery::Service', 'AWS::Lambda::EventSourceMapping', 'AWS::EC2::SecurityGroup'];

function physicalNames(stack: Stack): string[] {
  return Object.values(resourcesOf(stack)).filter(({ Type }) => !REFERENCES.includes(Type))
    .flatMap(({ Properties = {} }: Rendered) => Object.entries(Properties).filter(([name]) => NAMES.test(name)).map(([, value]) => value))
    .filter((value): value is string => typeof value === 'string');
}

describe.each(DEFINITIONS)('%s', (_, define) => {
  test('in two stages of one app: the same resources', () => {
    const [beta, prod] = stages(define);
    expect(statefulOf(beta)).toEqual(statefulOf(prod));
    expect(Object.values(resourcesOf(beta)).map(({ Type }) => Type)).toEqual(Object.values(resourcesOf(prod)).map(({ Type }) => Type));
    expect(statefulOf(beta)).toEqual(statefulOf(define(new App(), 'Alone')));
  });

  test('a stage can have another account and Region than the next', () => {
    const app = new App();
    const here = define(new Stage(app, 'Here', { env: HERE }), 'Caches');
    const anywhere = define(new Stage(app, 'Anywhere'), 'Caches');
    expect(statefulOf(here)).toEqual(statefulOf(anywhere));
    expect([Token.isUnresolved(here.region), Token.isUnresolved(anywhere.region)]).toEqual([false, true]);
  });

  test('termination protection of a stack reaches its deployment, and nothing is in a nested stack without it', () => {
    const app = new App();
    define(app, 'Protected', { terminationProtection: true });
    const { stacks } = app.synth();
    expect(stacks.map(({ stackName, terminationProtection }) => ({ stackName, terminationProtection })))
      .toEqual([{ stackName: 'Protected', terminationProtection: true }]);
    expect(JSON.stringify(stacks[0].template)).not.toContain('AWS::CloudFormation::Stack');
  });
});

test('no two stages want the same physical name', () => {
  const [beta, prod] = stages(defaults).map(physicalNames);
  expect(beta.length).toBeGreaterThan(0);
  expect(beta.filter((name) => prod.includes(name))).toEqual([]);
});
