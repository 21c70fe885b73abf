import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LiveCacheAttributes, LiveCacheProps, LiveDataEndpoint } from './live-cache-props';
import { LIVE_NAMESPACE, LIVE_TIME } from '../contract/live';
import { show, validationError } from '../private/errors';
import { checkAlone, checkAutoDelete, checkEach, checkPattern, checkSeconds } from '../private/validation';

const BUCKET_PROPS = ['directDownload', 'sourceVpcEndpoints', 'autoDeleteObjects'] as const satisfies readonly (keyof LiveCacheProps)[];

export function checkLiveCacheProps(scope: Construct, props: LiveCacheProps): void {
  checkStorage(scope, props);
  checkNamespace(scope, props.namespace);
  checkLife(scope, props);
  checkAlone(scope, props, 'bucket', BUCKET_PROPS, 'set them where the bucket is defined');
  checkAlone(scope, props, 'dataEndpoint', [...BUCKET_PROPS, 'gatewayEndpointVpc'], 'they are for a bucket of Amazon S3');
  checkAlone(scope, props, 'masterKey', ['encryptionKey'], 'set it where the secret is defined');
  if (props.masterKey !== undefined && (props.bucket ?? props.dataEndpoint) !== undefined && props.removalPolicy !== undefined) {
    throw validationError(scope, `removalPolicy is ${show(props.removalPolicy)}, but nothing that holds data is defined here: leave it out`);
  }
  checkRotation(scope, props);
  checkAutoDelete(scope, props, RemovalPolicy.DESTROY);
  checkEach(scope, 'directDownload.allowedOrigins', props.directDownload?.allowedOrigins, (name, value) => {
    checkPattern(scope, name, value, /^(\*|https?:\/\/[^/\s]+)$/, 'an origin, such as "https://app.example.com", without a path');
  });
  if (props.sourceVpcEndpoints?.length === 0) throw validationError(scope, 'sourceVpcEndpoints is []: name at least one, or leave it out');
}

export function checkLiveCacheAttributes(scope: Construct, attrs: LiveCacheAttributes): void {
  checkStorage(scope, attrs);
  checkNamespace(scope, attrs.namespace);
  checkLife(scope, attrs);
  if (attrs.bucket === undefined && attrs.dataEndpoint === undefined) {
    throw validationError(scope, 'bucket and dataEndpoint are missing: give one of them');
  }
}

export function checkNamespace(scope: Construct, namespace: string | undefined): void {
  checkPattern(scope, 'namespace', namespace, LIVE_NAMESPACE, '1 to 63 letters, digits, hyphens and underscores, the first a letter or digit');
}

export function checkStorage(scope: Construct, props: { readonly bucket?: s3.IBucket; readonly dataEndpoint?: LiveDataEndpoint }): void {
  checkAlone(scope, props, 'bucket', ['dataEndpoint'], 'give one of them');
  const endpoint = props.dataEndpoint;
  checkPattern(scope, 'dataEndpoint.url', endpoint?.url, /^https:\/\/[^/\s@?#]+\/?$/, 'an address with https and without a path, for keys go over the wire');
  checkPattern(scope, 'dataEndpoint.region', endpoint?.region, /^[\w-]+$/, 'the region as the service calls it, such as "fr-par"');
  checkPattern(scope, 'dataEndpoint.bucketName', endpoint?.bucketName, /^[a-z0-9][a-z0-9.-]{2,62}$/, 'the name of a bucket');
}

function checkLife(scope: Construct, { ttl, maxLife }: { readonly ttl?: Duration; readonly maxLife?: Duration }): void {
  checkSeconds(scope, 'ttl', ttl, 1, LIVE_TIME.maxLife);
  checkSeconds(scope, 'maxLife', maxLife, 1, LIVE_TIME.maxLife);
  if (ttl?.isUnresolved() || maxLife === undefined || maxLife.isUnresolved()) return;
  const life = ttl ?? Duration.seconds(LIVE_TIME.ttl);
  if (life.toSeconds() > maxLife.toSeconds()) {
    throw validationError(scope, `maxLife is ${show(maxLife)}, and ttl is ${show(life)}: use a maxLife that is at least the ttl`);
  }
}

function checkRotation(scope: Construct, { rotation, rotationInterval, masterKey }: LiveCacheProps): void {
  if (rotationInterval === undefined || (rotation ?? masterKey === undefined)) return;
  const reason = rotation === false ? 'rotation is false' : 'masterKey is given without rotation';
  throw validationError(scope, `rotationInterval is ${show(rotationInterval)}, but ${reason}: set rotation to true, or leave the interval out`);
}
