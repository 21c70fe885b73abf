import { ABSENT } from './existence';

test.each([
  'ResourceNotFoundException', 'NotFound', 'NoSuchBucket', 'NoSuchEntity', 'NoSuchEntityException', 'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue', 'ParameterNotFound', 'NotFoundException', 'TableNotFoundException',
])('%s says that there is no such thing', (name) => { expect(name).toMatch(ABSENT); });

test.each(['AccessDenied', 'AccessDeniedException', 'ThrottlingException', 'TimeoutError', 'InternalError', 'ValidationException', 'ECONNREFUSED'])(
  '%s does not', (name) => { expect(name).not.toMatch(ABSENT); });
