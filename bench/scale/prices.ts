// List prices of us-east-1 in USD, without free tier, as the READMEs of lib/ and AWS's pricing pages have them. Check them: prices change, and
// differ by Region. Each can be given as an option: `--price s3Put=0.0054`.

export const PRICES_SEEN = '2026-11-22';

export interface Prices {
  /** A million read request units of DynamoDB, on demand. */
  readonly readUnits: number;
  /** A million write request units. */
  readonly writeUnits: number;
  /** A GB and month in DynamoDB. */
  readonly tableStorage: number;
  /** A thousand PUT. */
  readonly s3Put: number;
  /** A thousand GET. */
  readonly s3Get: number;
  /** A GB and month in S3. */
  readonly s3Storage: number;
  /** Fargate on ARM: a vCPU for an hour. */
  readonly fargateCpu: number;
  /** A GiB for an hour. */
  readonly fargateMemory: number;
  /** A GB between zones, each way. */
  readonly betweenZones: number;
  /** Ten thousand reads of Parameter Store with higher throughput; nothing without. */
  readonly ssmHigher: number;
  /** A million requests of SQS. */
  readonly sqs: number;
  /** A million invocations of Lambda. */
  readonly lambdaRequests: number;
  /** A GB-second of Lambda. */
  readonly lambdaTime: number;
}

export const PRICES: Prices = {
  readUnits: 0.125,
  writeUnits: 0.625,
  tableStorage: 0.25,
  s3Put: 0.005,
  s3Get: 0.0004,
  s3Storage: 0.023,
  fargateCpu: 0.0324,
  fargateMemory: 0.0036,
  betweenZones: 0.01,
  ssmHigher: 0.05,
  sqs: 0.4,
  lambdaRequests: 0.2,
  lambdaTime: 0.0000133334,
};

export const HOURS_A_MONTH = 730;
export const SECONDS_A_MONTH = HOURS_A_MONTH * 3600;
