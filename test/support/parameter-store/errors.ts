/** What Parameter Store refuses a call with. */
export class ParameterStoreError extends Error {
  constructor(override readonly name: string, message: string, readonly status = 400) {
    super(message);
  }
}

export const invalid = (message: string) => new ParameterStoreError('ValidationException', message);

export const notFound = (name: string) => new ParameterStoreError('ParameterNotFound', `Parameter ${name} not found.`);

/** As every AWS API words it that checks a request against its model. */
export function constraint(member: string, rule: string): ParameterStoreError {
  return invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${rule}`);
}

export function checkLength(member: string, value: { readonly length: number }, least: number, most: number): void {
  if (value.length < least) throw constraint(member, `have length greater than or equal to ${least}`);
  if (value.length > most) throw constraint(member, `have length less than or equal to ${most}`);
}

export function checkMember(member: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) throw constraint(member, `satisfy enum value set: [${allowed.join(', ')}]`);
}
