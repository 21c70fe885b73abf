import { Option } from 'commander';
import type { GlobalOptions } from '../context.js';

/** Options of all live commands. */
export interface LiveGroupOptions extends GlobalOptions {
  readonly indexUrl?: string;
  readonly bucket?: string;
  readonly namespace?: string;
  readonly keySecret?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  /** False with --no-vault. */
  readonly vault?: boolean;
}

export const groupOptions = (): Option[] => [
  new Option('--index-url <url>', 'URL of the index, redis:// or rediss:// (default: $LIVE_INDEX_URL)'),
  new Option('--bucket <name>', 'bucket of the results (default: $LIVE_BUCKET)'),
  new Option('--namespace <name>', 'what keeps caches apart that share a bucket or an index (default: $LIVE_NAMESPACE, live)'),
  new Option('--key-secret <arn>', 'ARN of the secret with the master keys (default: $LIVE_KEY_SECRET)'),
  new Option('--endpoint <url>', 'S3-compatible service that has the bucket (default: $LIVE_S3_ENDPOINT, Amazon S3)'),
  new Option('--profile <name>', 'profile of the AWS configuration files (default: $AWS_PROFILE)'),
  new Option('--no-vault', 'keep no session of the profile: sign in anew each time'),
];
