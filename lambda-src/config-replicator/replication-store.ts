import type { Place } from './destination';

/** A parameter with its value in the clear. It is never logged, and no error holds it. */
export interface ReadParameter {
  readonly value: string;
  readonly type: string;
  readonly version: number;
  /** Unix epoch milliseconds. */
  readonly lastModified: number;
}

/** What a parameter's newest version says of it. */
export interface ReplicaMetadata {
  /** Of a SecureString. */
  readonly keyId?: string;
  readonly description?: string;
}

export interface Replica {
  readonly value: string;
  readonly type: string;
  /** Absent: the account's default key for Parameter Store, if the type has one. */
  readonly keyId?: string;
  readonly description: string;
}

/** Parameter Store, as the replicator needs it: of any Region and, by a role, of any account. Only what is not there is `undefined`. */
export interface ReplicationStore {
  /** @throws StoreFailure */
  read(place: Place): Promise<ReadParameter | undefined>;
  /** @throws StoreFailure */
  describe(place: Place): Promise<ReplicaMetadata | undefined>;
  /** @returns the version that was written. @throws StoreFailure */
  write(place: Place, replica: Replica): Promise<number>;
  /** Done also if there is none. @throws StoreFailure */
  remove(place: Place): Promise<void>;
}

/**
 * A call has failed. The service's own error stays behind: its message may repeat the value that it refuses.
 */
export class StoreFailure extends Error {
  /** @param reason the service's name of the failure, such as `AccessDeniedException` */
  constructor(operation: string, place: Place, readonly reason: string) {
    super(`${operation} of ${place.name}${place.region === undefined ? '' : ` in ${place.region}`}: ${reason}`);
    this.name = reason;
  }
}
