/** Where a footprint's parts are. */
export interface FootprintSetting {
  readonly process: string;
  readonly dynamoDb: Access;
  readonly ssm: Access;
  readonly tables: { readonly cache: string; readonly audit: string };
  readonly namespaces: readonly string[];
}

interface Access {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
