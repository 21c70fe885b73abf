/** What the service and the engine's thread say to each other. */

/** Given to the thread when it starts. */
export interface EngineSettings {
  /** Path of `duckdb-eh.wasm`. */
  readonly wasm: string;
  /** Rows of the table `sales`. */
  readonly rows: number;
}

export type ToEngine
  /** Run this. Two pieces may be sent without being asked for. */
  = | { readonly kind: 'run'; readonly id: number; readonly sql: string; readonly limit?: number }
    /** One more piece may be sent: who reads slowly holds the query back, and the results do not pile up in memory. */
    | { readonly kind: 'more'; readonly id: number }
    /** Nobody wants the rest. */
    | { readonly kind: 'cancel'; readonly id: number };

export type FromEngine
  = | { readonly kind: 'ready' }
    /** A part of the Arrow stream, cut anywhere. */
    | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array }
    | { readonly kind: 'end'; readonly id: number }
    | { readonly kind: 'error'; readonly id: number; readonly message: string };
