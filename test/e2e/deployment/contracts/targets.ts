import type { AwsCredentials } from '../../../../runtime/aws/sign-v4';

interface AwsTarget {
  readonly endpoint: string;
  readonly credentials: AwsCredentials;
}

/** Servers that are running for these lists. */
export interface Targets {
  readonly ministack: AwsTarget;
  readonly radosgw: AwsTarget;
  readonly redis: { readonly endpoint: string };
}

// Our clients ask AWS_CA_BUNDLE first, which knows nothing of the certificate that NODE_EXTRA_CA_CERTS has for these servers.
delete process.env.AWS_CA_BUNDLE;

/** Every one of them: a server that is not there fails the run, it is not left out. */
export function targets(): Targets {
  const text = process.env.E2E_TARGETS;
  if (text === undefined) throw new Error('E2E_TARGETS does not say where the servers are; these lists are run by: npm run e2e');
  const given = JSON.parse(text) as Partial<Targets>;
  for (const name of ['ministack', 'radosgw', 'redis'] as const) {
    if (given[name]?.endpoint === undefined) throw new Error(`E2E_TARGETS has no ${name}, whose lists are run by: npm run e2e`);
  }
  return given as Targets;
}

export const REGION = 'us-east-1';
