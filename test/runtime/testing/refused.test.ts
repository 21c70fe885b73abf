import { AwsError } from '../../../runtime/aws/errors';
import { CacheTiersError } from '../../../runtime/errors';
import { refused } from '../../../runtime/testing/index';
import { throwing, unreadable } from './unreadable';

const ARN = 'arn:aws:dynamodb:eu-west-1:111111111111:table/PutItem';
const USER = 'User: arn:aws:sts::111111111111:assumed-role/app/i-1';
const PUT = `${USER} is not authorized to perform: dynamodb:PutItem on resource: ${ARN}`
  + ' because no identity-based policy allows the dynamodb:PutItem action';

/** As the SDK's errors are: the service's name for it, and how it was answered. */
function sdkError(name: string, httpStatusCode = 400, message = 'no', more: object = {}): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode, attempts: 1 }, ...more });
}

const failing = (error: unknown) => () => Promise.reject(error as Error);

describe('passes for', () => {
  test.each<[string, Error]>([
    ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation', 'AuthorizationErrorException',
      'ForbiddenException', 'KMSAccessDeniedException', 'KMS.AccessDeniedException', 'KmsAccessDenied',
    ].map((name): [string, Error] => [name, sdkError(name)]),
    ['a code', sdkError('Error', 400, 'no', { Code: 'AccessDenied' })],
    ['an answer to HEAD', sdkError('403', 403, 'UnknownError')],
    ['an answer without a name', sdkError('Unknown', 403)],
    ['our client\'s error', new AwsError('PutItem: no', { failure: 'denied', name: 'AccessDeniedException', statusCode: 400 })],
    ['our client\'s error without a name', new AwsError('GET s3://b/k: no', { failure: 'denied', name: 'Http403', statusCode: 403 })],
  ])('%s, and gives the error', async (_, error) => {
    await expect(refused(failing(error))).resolves.toBe(error);
    await expect(refused(failing(error), 's3:GetObject')).resolves.toBe(error); // the message names no action
  });

  test('an error whose cause it is, and gives the cause', async () => {
    const cause = sdkError('AccessDeniedException', 400, PUT);
    const outer = new CacheTiersError('E_MEMO_INVALIDATE', 'could not invalidate', { cause });
    await expect(refused(failing(outer), 'dynamodb:PutItem')).resolves.toBe(cause);
  });

  test('a refusal of which nothing else can be read', async () => {
    const error = throwing('message', sdkError('AccessDenied', 403, 'no', { cause: null, code: Object.create(null) as unknown }));
    await expect(refused(failing(error), 's3:GetObject').then((refusal) => refusal === error)).resolves.toBe(true);
  });

  test('what is thrown at once', async () => {
    await expect(refused(() => { throw sdkError('AccessDenied'); })).resolves.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('an action', () => {
  test.each<[string, string, string]>([
    ['dynamodb:PutItem', 'named', PUT],
    ['dynamodb:putitem', 'named in another case', PUT],
    ['dynamodb:PutItem', 'behind a text that names none of IAM\'s', 'not allowed on arn:aws:secretsmanager:eu-west-1:111111111111:secret:Db'],
    ['ec2:RunInstances', 'after a sentence of EC2', `You are not authorized to perform this operation. ${USER} may not perform: ec2:RunInstances`],
    ['sns:Publish', 'of SNS', `${USER} is not authorized to perform: SNS:Publish on resource: x`],
  ])('%s passes %s', async (action, _, message) => {
    await expect(refused(failing(sdkError('AccessDenied', 403, message)), action)).resolves.toBeInstanceOf(Error);
  });

  test('that is another than the message names is an error', async () => {
    const cause = sdkError('AccessDeniedException', 400, PUT);
    await expect(refused(failing(cause), 'dynamodb:GetItem')).rejects.toMatchObject({
      code: 'E_TESTING_REFUSED', cause, message: `dynamodb:GetItem was to be refused, and dynamodb:PutItem was: AccessDeniedException: ${PUT}`,
    });
  });

  test('is compared in any case', async () => {
    const error = sdkError('AuthorizationError', 403, `${USER} is not authorized to perform: SNS:Publish on resource: x`);
    await expect(refused(failing(error), 'sns:Subscribe')).rejects.toThrow('sns:Subscribe was to be refused, and SNS:Publish was');
  });

  test.each<[string, string]>([
    ['spaces', `perform${' '.repeat(200_000)}`], ['beginnings', 'performa-'.repeat(25_000)], ['colons', 'perform:1-'.repeat(20_000)],
  ])('is looked for in a message of %s in no time', async (_, message) => {
    const start = process.cpuUsage();
    await refused(failing(sdkError('AccessDenied', 403, message)), 's3:GetObject');
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000); // µs; it was tens of seconds
  });

  test.each(['PutItem', 'dynamodb:*', 'dynamodb:', '', 'dynamodb:Put Item', null as unknown as string])('%p is none', async (action) => {
    await expect(refused(failing(sdkError('AccessDenied')), action)).rejects.toMatchObject({ code: 'E_TESTING_ACTION' });
  });
});

describe('is an error', () => {
  test('when the call succeeds, without what it gave', async () => {
    await expect(refused(() => Promise.resolve('hunter2'), 'secretsmanager:GetSecretValue')).rejects.toMatchObject({
      name: 'CacheTiersError', code: 'E_TESTING_REFUSED', message: 'secretsmanager:GetSecretValue was to be refused, and succeeded',
    });
    await expect(refused(() => undefined)).rejects.toThrow('the call was to be refused, and succeeded');
  });

  test.each<[string, unknown]>([
    ['a missing table', sdkError('ResourceNotFoundException')],
    ['a wrong key', sdkError('SignatureDoesNotMatch', 403)],
    ['an unknown key', sdkError('UnrecognizedClientException')],
    ['an expired token', sdkError('ExpiredToken', 403)],
    ['a token that expired, in our client', new AwsError('x', { failure: 'denied', name: 'ExpiredTokenException', statusCode: 400 })],
    ['no credentials', new AwsError('no credentials', { failure: 'denied', code: 'E_AWS_CREDENTIALS' })],
    ['a status that has a name', sdkError('RequestTimeTooSkewed', 403)],
    ['a nameless failure of the server', sdkError('Unknown', 500)],
    ['a bug', new TypeError('x is not a function')],
    ['no error', 'AccessDenied'],
    ['nothing', undefined],
  ])('when it fails for %s', async (_, cause) => {
    await expect(refused(failing(cause))).rejects.toMatchObject({
      code: 'E_TESTING_REFUSED', cause, message: expect.stringMatching(/^the call was to be refused for lack of permissions, and failed with ./) as unknown,
    });
  });

  test.each<[string, Error]>([
    ['an expired token', sdkError('ExpiredTokenException')],
    ['no credentials', new AwsError('no AWS credentials', { failure: 'denied', code: 'E_AWS_CREDENTIALS' })],
    ['no credentials, in the SDK', sdkError('CredentialsProviderError')],
    ['a wrong key', sdkError('InvalidClientTokenId', 403)],
  ])('when the credentials fail for %s, although what renews them was refused', async (_, failure) => {
    const cause = Object.assign(failure, { cause: sdkError('AccessDenied', 403) });
    for (const error of [cause, new CacheTiersError('E_MEMO', 'no', { cause })]) {
      await expect(refused(failing(error))).rejects.toMatchObject({ code: 'E_TESTING_REFUSED', cause: error });
    }
  });

  test.each(unreadable)('when it fails with %s', async (_, thrown) => {
    const error = await refused(failing(thrown)).catch((failure: unknown) => failure as Error);
    expect([(error as CacheTiersError).code, (error as Error).message]).toEqual(
      ['E_TESTING_REFUSED', expect.stringMatching(/^the call was to be refused for lack of permissions, and failed with ./)]);
  });

  test('and does not go round in circles', async () => {
    const error = new Error('loop') as Error & { cause: unknown };
    error.cause = error;
    await expect(refused(failing(error))).rejects.toThrow('failed with Error: loop');
  });

  test('when the body is no function', async () => {
    await expect(refused(Promise.resolve() as unknown as () => unknown)).rejects.toMatchObject({ code: 'E_TESTING_BODY' });
  });
});
