import type { IncomingHttpHeaders } from 'node:http';

/** DynamoDB's errors, as it words and types them. */
export type Complaint = 'server-error' | 'unavailable' | 'throttled' | 'request-limit' | 'throttling' | 'denied' | 'expired-token'
  | 'missing-table' | 'too-large' | 'condition-failed';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Milliseconds by which the server's clock is ahead. */
  readonly clock?: number;
}

function complaint(status: number, type: string, message: string): Answer {
  return { status, body: JSON.stringify({ __type: type, message }) };
}

const DYNAMODB = 'com.amazonaws.dynamodb.v20120810#';
const CORAL = 'com.amazon.coral.service#';

export const COMPLAINTS: Readonly<Record<Complaint, Answer>> = {
  'server-error': complaint(500, `${DYNAMODB}InternalServerError`, 'The request processing has failed because of an unknown error'),
  unavailable: { status: 503, body: '<html><body>Service Unavailable</body></html>' }, // a load balancer answers, not DynamoDB
  throttled: complaint(400, `${DYNAMODB}ProvisionedThroughputExceededException`,
    'The level of configured provisioned throughput for the table was exceeded'),
  'request-limit': complaint(400, `${DYNAMODB}RequestLimitExceeded`, 'Throughput exceeds the current throughput limit for your account'),
  throttling: complaint(400, `${CORAL}ThrottlingException`, 'Rate of requests exceeds the allowed throughput'),
  denied: complaint(400, `${CORAL}AccessDeniedException`, 'User: arn:aws:iam::123456789012:user/app is not authorized'),
  'expired-token': complaint(400, `${CORAL}ExpiredTokenException`, 'The security token included in the request is expired'),
  'missing-table': complaint(400, `${DYNAMODB}ResourceNotFoundException`, 'Requested resource not found'),
  'too-large': complaint(400, 'com.amazon.coral.validate#ValidationException', 'Item size has exceeded the maximum allowed size'),
  'condition-failed': complaint(400, `${DYNAMODB}ConditionalCheckFailedException`, 'The conditional request failed'),
};

const TOLERANCE = 5 * 60_000;

/** What a server answers whose clock is so far ahead, if the request's signature is too old or too new for it. */
export function skewComplaint(headers: IncomingHttpHeaders, ahead: number): Answer | undefined {
  const signed = String(headers['x-amz-date']);
  const at = Date.parse(signed.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const now = Date.now() + ahead;
  if (Math.abs(now - at) <= TOLERANCE) return undefined;
  const [clock, limit] = [now, now - Math.sign(now - at) * TOLERANCE].map((time) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, ''));
  const message = at < now
    ? `Signature expired: ${signed} is now earlier than ${limit} (${clock} - 5 min.)`
    : `Signature not yet current: ${signed} is still later than ${limit} (${clock} + 5 min.)`;
  return { ...complaint(400, `${CORAL}InvalidSignatureException`, message), clock: ahead };
}

type Batch = Record<string, { readonly Keys: readonly unknown[] } | readonly unknown[]>;

/** Divides a batch into what is carried out and what comes back as unprocessed, over all its tables in order. */
export function splitBatch(operation: string, input: Readonly<Record<string, unknown>>, keep: number) {
  const unprocessed = { BatchGetItem: 'UnprocessedKeys', BatchWriteItem: 'UnprocessedItems' }[operation];
  if (unprocessed === undefined) throw new Error(`partial is for batches, not for ${operation}`);
  const kept: Batch = {};
  const rest: Batch = {};
  let left = keep;
  for (const [table, requests] of Object.entries(input.RequestItems as Batch)) {
    const list = 'Keys' in requests ? requests.Keys : requests as readonly unknown[];
    const wrap = (part: readonly unknown[]) => 'Keys' in requests ? { ...requests, Keys: part } : part;
    const [taken, over] = [list.slice(0, left), list.slice(left)];
    if (taken.length > 0) kept[table] = wrap(taken);
    if (over.length > 0) rest[table] = wrap(over);
    left -= taken.length;
  }
  const finish = ({ status, body }: Answer): Answer => status === 200
    ? { status, body: JSON.stringify({ Responses: operation === 'BatchGetItem' ? {} : undefined, ...JSON.parse(body), [unprocessed]: rest }) }
    : { status, body };
  return { kept: { ...input, RequestItems: kept }, empty: Object.keys(kept).length === 0, finish };
}
