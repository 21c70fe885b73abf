import { S3Client } from '@aws-sdk/client-s3';
import { OBJECT_KEY } from './live-bare-s3.mjs';

/** The SDK's client without the checksums of bodies that it has beside TLS, for speed. */
export function sdkClient({ endpoint, region, credentials }) {
  return new S3Client({
    endpoint, region, credentials, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

export const CUSTOMER_KEY = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: OBJECT_KEY };
