// Programs that bring a folder to a bucket, and back. Each is a command, without the two places, and its environment.
import { CREDENTIALS, REGION } from '../../harness/access.mjs';

const SIGNED = { AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey, AWS_REGION: REGION };
const RCLONE = ['rclone', 'sync', '--config', ''];
/** What makes it fast: many at once, one listing, digests instead of times, no question that S3 has answered. */
const TUNED = ['--transfers', '128', '--checkers', '128', '--checksum', '--fast-list', '--s3-no-head', '--s3-no-head-object', '--s3-no-check-bucket'];

const rclone = (flags) => ({ endpoint, bucket }) => ({
  command: (from, to) => [...RCLONE, ...flags, from ?? `s3:${bucket}/output`, to ?? `s3:${bucket}/output`],
  env: {
    RCLONE_CONFIG_S3_TYPE: 's3', RCLONE_CONFIG_S3_PROVIDER: 'Other', RCLONE_CONFIG_S3_LIST_VERSION: '2',
    RCLONE_CONFIG_S3_ENDPOINT: endpoint, RCLONE_CONFIG_S3_REGION: REGION,
    RCLONE_CONFIG_S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  },
});

/**
 * `command` is given two places: `undefined` stands for the bucket.
 *
 * @type {Record<string, (at: { endpoint: string, bucket: string, state: string, commandLine: string, aws: string }) => object>}
 */
export const PROGRAMS = {
  ours: ({ endpoint, bucket, state, commandLine }) => ({
    command: (from, to) => [
      process.execPath, commandLine, 'tasks', from === undefined ? 'pull' : 'push', '--mode', 'remote:rw', '--bucket', bucket, '--endpoint', endpoint,
      '--path', from ?? to, '--name', 'output', '--folder', `${state}-${from === undefined ? 'down' : 'up'}`, '--strict',
    ],
    env: SIGNED,
  }),
  aws: ({ endpoint, bucket, aws, state }) => ({
    command: (from, to) => [aws, 's3', 'sync', from ?? `s3://${bucket}/output`, to ?? `s3://${bucket}/output`, '--quiet'],
    env: {
      ...SIGNED, AWS_DEFAULT_REGION: REGION, AWS_ENDPOINT_URL: endpoint,
      AWS_CONFIG_FILE: `${state}-config`, AWS_SHARED_CREDENTIALS_FILE: `${state}-credentials`, // which are not there
    },
  }),
  rclone: rclone([]),
  'rclone-tuned': rclone(TUNED),
  s5cmd: ({ endpoint, bucket }) => ({
    command: (from, to) => [
      's5cmd', '--endpoint-url', endpoint, 'sync',
      from === undefined ? `s3://${bucket}/output/*` : `${from}/`, to === undefined ? `s3://${bucket}/output/` : `${to}/`,
    ],
    env: SIGNED,
  }),
};

export const NAMES = {
  'ours-process': 'ours, in a running process',
  aws: 'aws s3 sync', rclone: 'rclone, default', 'rclone-tuned': 'rclone, tuned', s5cmd: 's5cmd sync',
};
