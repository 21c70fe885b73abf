import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Identity } from './identity';

/** What a function has logged, oldest first. */
export async function logs(root: Identity, functionName: string): Promise<string[]> {
  const { Configuration } = await root.as(LambdaClient).send(new GetFunctionCommand({ FunctionName: functionName }));
  const logGroupName = Configuration?.LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`;
  const lines: string[] = [];
  for (let nextToken: string | undefined; ;) {
    const page = await root.as(CloudWatchLogsClient).send(new FilterLogEventsCommand({ logGroupName, nextToken }));
    lines.push(...(page.events ?? []).map(({ message = '' }) => message.trimEnd()));
    nextToken = page.nextToken;
    if (nextToken === undefined) return lines;
  }
}
