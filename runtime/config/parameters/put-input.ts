/** A version to write. What is left out is left to Parameter Store. */
export interface ParameterPut {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly overwrite: boolean;
  readonly tier?: string;
  readonly keyId?: string;
  readonly dataType?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** A JSON array. */
  readonly policies?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Input of the PutParameter call that writes a version. */
export function putParameterInput({ name, value, type, overwrite, tier, keyId, dataType, description, allowedPattern, policies, tags }: ParameterPut): object {
  const members = {
    Name: name, Value: value, Type: type, Overwrite: overwrite, Tier: tier, KeyId: keyId, DataType: dataType,
    Description: description, AllowedPattern: allowedPattern, Policies: policies,
    Tags: tags && tagsOf(tags),
  };
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}

/** Tags as Parameter Store takes them. */
export function tagsOf(tags: Readonly<Record<string, string>>): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
