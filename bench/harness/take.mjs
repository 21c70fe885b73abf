// Taking a stream to its end, as callers do.

/** @returns how many bytes came; `onFirst` is called with the first of them */
export function takeNode(stream, onFirst = () => {}) {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    stream.once('data', onFirst).on('data', (chunk) => { bytes += chunk.length; }).once('error', reject).once('end', () => resolve(bytes));
  });
}

/** The same of a web stream. */
export async function takeWeb(stream, onFirst = () => {}) {
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes === 0) onFirst();
    bytes += chunk.length;
  }
  return bytes;
}

/** A caller who has all of it at once. */
export function takeWhole(bytes, onFirst = () => {}) {
  onFirst();
  return bytes.length;
}
