import type { Validity } from './shapes.js';

/*
 * The text of a manifest: a JSON value on each line, so that it can be checked one by one, and takes no more memory than what it says is worth.
 * Numbers of names, objects and digests count from 0.
 *
 *   head         [revision, cleared, horizon's revision, next and time, how many names, objects, records, folders, invalidations, epochs, condemned,
 *                followed]
 *   names        "text"
 *   objects      digest | [digest, "8 characters"]
 *   records      [key, id, family, digest, body, tree | null, bytes, created, duration, seen, added, kind of validity, its value, ...requires]
 *   folders      [name, tree, digest, files, bytes, created, seen, added]
 *   invalidated  [name | [digest], revision]
 *   epochs       [name, revision]
 *   condemned    [object, time]
 *   followed     [name, revision]
 *
 * A body is [pack, offset, bytes, digest], or a list of chunks: [object, bytes, digest].
 */

/** By their number. The value of a validity is 0, a time, or the number of a name. */
export const VALIDITY_KINDS: readonly Validity['kind'][] = ['forever', 'ttl', 'run', 'epoch'];
