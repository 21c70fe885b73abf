import { CREDENTIALS, REGION } from '../harness/access.mjs';

/** This package's own client of DynamoDB, for peers that are ways to do something, not clients. @param module where it was built */
export async function dynamoDb(module, endpoint) {
  const { dynamoDbClient } = await import(module);
  return dynamoDbClient({ region: REGION, credentials: CREDENTIALS, endpoint });
}
