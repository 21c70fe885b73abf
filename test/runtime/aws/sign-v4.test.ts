import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { amzDate, encodeRfc3986, JsonRequestSigner, RequestSigner, sha256, UNSIGNED_PAYLOAD } from '../../../runtime/aws/sign-v4';
import { Sha256 } from './sha256';
import suites from './sigv4-vectors.json';

interface Vector {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query?: [string, string][];
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly token?: string;
  readonly signature: string;
}

describe.each(suites)('$source', ({ credentials, service, region, time, host, cases }) => {
  const signer = new RequestSigner({ service, region });

  test.each(cases as Vector[])('$name', ({ method, path, query, headers, body = '', token, signature }) => {
    const payloadHash = sha256(body);
    const all: Record<string, string> = { host, ...headers, ...(service === 's3' ? { 'x-amz-content-sha256': payloadHash } : {}) };
    const signed = signer.sign({ method, path, query, headers: all, payloadHash }, { ...credentials, sessionToken: token }, Date.parse(time));

    const names = Object.keys({ ...all, 'x-amz-date': '', ...(token ? { 'x-amz-security-token': '' } : {}) }).sort().join(';');
    const day = time.slice(0, 10).replaceAll('-', '');
    expect(signed.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${day}/${region}/${service}/aws4_request, `
      + `SignedHeaders=${names}, Signature=${signature}`);
    expect(signed['x-amz-date']).toBe(time.replace(/[-:]/g, ''));
    expect(signed['x-amz-security-token']).toBe(token);
  });
});

describe('agrees with @smithy/signature-v4 on random requests', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const segment = fc.string({ unit: fc.constantFrom(...'aB9-._~ !\'()*$&+,;=:@%é漢'), minLength: 1, maxLength: 12 }).filter((s) => !/^\.+$/.test(s));
  const headerValue = fc.string({ unit: fc.constantFrom(...'abc XYZ09/;=-"'), maxLength: 30 });
  const request = fc.record({
    service: fc.constantFrom('s3', 'dynamodb', 'sts'),
    region: fc.constantFrom('us-east-1', 'eu-west-3', 'cn-north-1'),
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
    segments: fc.array(segment, { maxLength: 4 }),
    query: fc.dictionary(text.filter((name) => name !== '__proto__'), text, { maxKeys: 4 }), // theirs is an object, and loses that one
    headers: fc.dictionary(fc.constantFrom('content-type', 'x-amz-meta-a', 'x-amz-target', 'range'), headerValue),
    body: text,
    unsigned: fc.boolean(),
    time: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
    keys: fc.record({
      accessKeyId: fc.stringMatching(/^AK[A-Z0-9]{4,16}$/),
      secretAccessKey: fc.stringMatching(/^[\w/+]{8,40}$/),
      sessionToken: fc.option(fc.stringMatching(/^[\w/+=]{1,300}$/), { nil: undefined }),
    }),
  });

  test('headers', async () => {
    await fc.assert(fc.asyncProperty(request, async ({ service, region, method, segments, query, headers, body, unsigned, time, keys }) => {
      const path = `/${segments.map(encodeRfc3986).join('/')}`;
      const payloadHash = unsigned ? UNSIGNED_PAYLOAD : sha256(body);
      const own = { host: 'example.com', 'x-amz-content-sha256': payloadHash, ...headers };
      const ours = new RequestSigner({ service, region })
        .sign({ method, path, query: Object.entries(query), headers: own, payloadHash }, keys, time.getTime());

      const theirs = await new SignatureV4({ service, region, credentials: keys, sha256: Sha256, uriEscapePath: service !== 's3' }).sign(
        { method, protocol: 'https:', hostname: 'example.com', path, query, headers: own, body }, { signingDate: time });
      expect(ours.authorization).toBe(theirs.headers.authorization);
      expect(ours['x-amz-security-token']).toBe(theirs.headers['x-amz-security-token']);
    }), { numRuns: 500 });
  });

  test('JSON requests', async () => {
    const scope = { service: 'dynamodb', region: 'eu-west-1' };
    const signer = new JsonRequestSigner(scope, 'application/x-amz-json-1.0', 'example.com', '/base path/');
    await fc.assert(fc.asyncProperty(request, async ({ body, time, keys }) => {
      const list = signer.sign('DynamoDB_20120810.GetItem', body, keys, time.getTime());
      const ours = Object.fromEntries(Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]));

      const reference = new SignatureV4({ ...scope, credentials: keys, sha256: Sha256, applyChecksum: false });
      const theirs = await reference.sign({
        method: 'POST', protocol: 'https:', hostname: 'example.com', path: '/base path/', body,
        headers: { host: 'example.com', 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      }, { signingDate: time });
      expect({ host: 'example.com', ...ours }).toEqual(theirs.headers);
    }), { numRuns: 200 });
  });
});

test('the signing key follows the day and the secret', () => {
  const signer = new RequestSigner({ service: 'dynamodb', region: 'us-east-1' });
  const request = { method: 'GET', path: '/', headers: { host: 'h' }, payloadHash: sha256('') };
  const sign = (secretAccessKey: string, time: string) => signer.sign(request, { accessKeyId: 'A', secretAccessKey }, Date.parse(time));
  const first = sign('one', '2026-01-01T00:00:00Z');
  expect(sign('one', '2026-01-02T00:00:00Z')).not.toEqual(first);
  expect(sign('two', '2026-01-01T00:00:00Z')).not.toEqual(first);
  expect(sign('one', '2026-01-01T00:00:00Z')).toEqual(first);
});

test('dates before and after a second', () => {
  expect([999, 1000, 1999].map(amzDate)).toEqual(['19700101T000000Z', '19700101T000001Z', '19700101T000001Z']);
});
