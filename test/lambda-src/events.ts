import type {
  CloudFormationCustomResourceCreateEvent, CloudFormationCustomResourceDeleteEvent, CloudFormationCustomResourceUpdateEvent,
} from 'aws-lambda';

/** Something that must appear in no log line and no message: whoever has it can answer for the resource. */
export const SIGNATURE = 'X-Amz-Signature=0123456789abcdef';

const common = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111111111111:function:flush',
  ResponseURL: `https://bucket.example/response?${SIGNATURE}`,
  StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/stack/guid',
  RequestId: 'request',
  LogicalResourceId: 'Flush',
  ResourceType: 'Custom::MemoFlush',
};

type Properties = Readonly<Record<string, unknown>>;

export function createEvent(properties: Properties = {}, more: Partial<typeof common> = {}): CloudFormationCustomResourceCreateEvent {
  return { ...common, ...more, RequestType: 'Create', ResourceProperties: { ServiceToken: common.ServiceToken, ...properties } };
}

export function updateEvent(properties: Properties = {}, former: Properties = {}): CloudFormationCustomResourceUpdateEvent {
  return {
    ...common, RequestType: 'Update', PhysicalResourceId: 'former-id',
    ResourceProperties: { ServiceToken: common.ServiceToken, ...properties },
    OldResourceProperties: { ServiceToken: common.ServiceToken, ...former },
  };
}

export function deleteEvent(physicalResourceId = 'former-id'): CloudFormationCustomResourceDeleteEvent {
  return { ...common, RequestType: 'Delete', PhysicalResourceId: physicalResourceId, ResourceProperties: { ServiceToken: common.ServiceToken } };
}

export const CONTEXT = { getRemainingTimeInMillis: () => 60_000, logGroupName: 'group', logStreamName: 'stream' };

/** All that a handler prints, by whatever way, until `jest.restoreAllMocks`. */
export function captureLog(): string[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((line) => { lines.push(String(line)); return true; });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(console, method).mockImplementation((...parts: unknown[]) => { lines.push(parts.join(' ')); });
  }
  return lines;
}

/** The lines of a log that is all JSON. */
export function recordsIn(lines: readonly string[]): readonly Record<string, unknown>[] {
  return lines.flatMap((line) => line.trim().split('\n')).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Of these, the metrics. */
export function metricsIn(lines: readonly string[]): readonly Record<string, unknown>[] {
  return recordsIn(lines).filter((line) => '_aws' in line);
}
