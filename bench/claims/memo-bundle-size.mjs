import { bundled } from '../harness/bundles.mjs';

const SUBJECTS = ['ours', 'bare-http', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-http': 'bare node:http, signed', 'bare-sdk': 'bare DynamoDBClient' };

/** What a client adds to a bundle (esbuild, ESM, minified): without the AWS SDK, and with it where the client needs it. */
export async function run({ client }) {
  const sizes = new Map();
  for (const subject of SUBJECTS) {
    sizes.set(subject, { without: await bundled(subject, { client, withSdk: false }), whole: await bundled(subject, { client }) });
  }
  // Without the SDK, the bare SDK is nothing.
  const figures = (part, measure, subjects = SUBJECTS) => subjects.map((subject) => ({
    name: NAMES[subject] ?? subject,
    role: subject === 'ours' ? 'ours' : subject === 'bare-http' ? 'limit' : 'peer',
    value: sizes.get(subject)[part][measure] / 1000,
  }));
  const caches = SUBJECTS.filter((subject) => subject !== 'bare-sdk');
  const common = { unit: 'KB', better: 'lower', goal: null };
  return [
    {
      claim: 'memo-bundle-size/gzip', title: 'Bundle without the SDK, compressed',
      ...common, goal: 20, figures: figures('without', 'gzipBytes', caches),
    },
    { claim: 'memo-bundle-size/min', title: 'Bundle without the SDK', ...common, figures: figures('without', 'bytes', caches) },
    { claim: 'memo-bundle-size/whole-gzip', title: 'Bundle with what it needs, compressed', ...common, figures: figures('whole', 'gzipBytes') },
  ];
}
