import type { DynamoDbClient } from '../aws/dynamodb.js';

/** Writes an item if the condition of the input holds. @returns false if it does not */
export async function writeIf(
  client: DynamoDbClient, operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', input: object, signal?: AbortSignal,
): Promise<boolean> {
  try {
    await client.call(operation, input, signal);
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
