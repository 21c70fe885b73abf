/** What must appear in no log line, no error and no dead letter's reason. Neither a name nor an id may have such characters. */
export const SECRET = 'planted $ecret 5f3a';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-west-1';
export const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:handler`;
export const TIME = '2026-03-01T10:00:00Z';
export const USER = `arn:aws:iam::${ACCOUNT}:user/ann`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/session-1`;
export const CALL_ID = '0f1e2d3c-0001-4000-8000-00000000c0de';
export const EVENT_ID = '0f1e2d3c-0002-4000-8000-00000000c0de';

type Members = Readonly<Record<string, unknown>>;

/** What EventBridge puts around an event. */
function envelope(detailType: string, detail: Members, members: Members): Members {
  return {
    version: '0', id: EVENT_ID, 'detail-type': detailType, source: 'aws.ssm', account: ACCOUNT, time: TIME, region: REGION, resources: [],
    detail, ...members,
  };
}

/** `AWS API Call via CloudTrail`. The request carries a value that CloudTrail ought to have hidden. */
export function cloudTrailEvent(eventName: string, detail: Members = {}, members: Members = {}): Members {
  return envelope('AWS API Call via CloudTrail', {
    eventVersion: '1.11', eventType: 'AwsApiCall', eventCategory: 'Management', readOnly: false, managementEvent: true, eventName,
    eventSource: 'ssm.amazonaws.com', eventTime: TIME, eventID: CALL_ID, requestID: '0f1e2d3c-0003-4000-8000-00000000c0de',
    awsRegion: REGION, recipientAccountId: ACCOUNT, sourceIPAddress: '192.0.2.7', userAgent: 'aws-cli/2.15.0',
    userIdentity: { type: 'IAMUser', arn: USER, principalId: 'AIDAEXAMPLE', accountId: ACCOUNT, userName: 'ann' },
    responseElements: null, ...detail,
  }, members);
}

/** `Parameter Store Change`. */
export function nativeEvent(operation: string, detail: Members = {}, members: Members = {}): Members {
  return envelope('Parameter Store Change', { operation, name: '/app/a', type: 'String', description: SECRET, ...detail }, {
    resources: [`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/app/a`], ...members,
  });
}

/** `Parameter Store Policy Action`. */
export function policyEvent(policy: string, detail: Members = {}, members: Members = {}): Members {
  return envelope('Parameter Store Policy Action', {
    'parameter-name': '/app/a', 'parameter-type': 'SecureString', 'policy-type': policy, 'policy-content': SECRET, 'action-status': 'Success',
    'action-reason': SECRET, ...detail,
  }, { resources: [`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/app/a`], ...members });
}

/** A put as CloudTrail tells of it. */
export function putCall(request: Members = {}, detail: Members = {}): Members {
  return cloudTrailEvent('PutParameter', {
    requestParameters: { name: '/app/a', type: 'String', value: SECRET, description: SECRET, overwrite: true, ...request },
    responseElements: { version: 7, tier: 'Standard' }, ...detail,
  });
}

export function deleteManyCall(names: unknown, responseElements: unknown): Members {
  return cloudTrailEvent('DeleteParameters', { requestParameters: { names }, responseElements });
}
