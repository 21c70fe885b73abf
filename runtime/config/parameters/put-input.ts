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
export function putParameterInput(put: ParameterPut): object {
  const members = {
    Name: put.name, Value: put.value, Type: put.type, Overwrite: put.overwrite, Tier: put.tier, KeyId: put.keyId, DataType: put.dataType,
    Description: put.description, AllowedPattern: put.allowedPattern, Policies: put.policies, Tags: tagsOf(put.tags),
  };
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}

/** Tags as Parameter Store takes them. */
export function tagsOf(tags: ParameterPut['tags']): readonly { readonly Key: string; readonly Value: string }[] | undefined {
  return tags && Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
