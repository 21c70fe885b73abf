/** Media type of Arrow IPC streams. */
export const ARROW_STREAM_TYPE = 'application/vnd.apache.arrow.stream';
