/**
 * The body of a request, as it is to be kept: without the frames of `aws-chunked`, whose last one has checksums.
 *
 * @returns {{ body: Buffer, checksums: Record<string, string> }} `checksums`: headers, which S3 gives back to who asks for them
 */
export function bodyOf(headers, raw) {
  const checksums = pick(Object.entries(headers));
  if (!String(headers['x-amz-content-sha256']).startsWith('STREAMING-')) return { body: raw, checksums };
  const pieces = [];
  let at = 0;
  const line = () => {
    const end = raw.indexOf('\r\n', at);
    if (end < 0) throw new Error('the body ends too early');
    const text = raw.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (let size = parseInt(line(), 16); size > 0; size = parseInt(line(), 16)) {
    pieces.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const trailers = [];
  for (let text = line(); text !== ''; text = line()) trailers.push(text.split(/:\s*/, 2));
  return { body: pieces.length === 1 ? pieces[0] : Buffer.concat(pieces), checksums: { ...checksums, ...pick(trailers) } };
}

function pick(entries) {
  return Object.fromEntries(entries.filter(([name]) => /^x-amz-checksum-(?!mode|algorithm|type)/.test(name)));
}
