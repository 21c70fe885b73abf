/** Writes one structured line to the function's log. Fields carry names and numbers, never values of users. */
export function log(notice: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ notice, ...fields })}\n`);
}
