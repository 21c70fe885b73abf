import { credentialProvider, type AwsCredentials, type CredentialOptions, type CredentialSource } from '../aws/credentials.js';

/**
 * One provider behind several clients: however many there are, credentials are loaded once.
 *
 * @returns makes a source for one client. A client that says that its credentials were refused gets those that another has had renewed
 * meanwhile, if there are any: only what is still in use is renewed.
 */
export function sharedCredentials(options: CredentialOptions): () => CredentialSource {
  const provider = credentialProvider(options);
  return () => {
    let given: AwsCredentials | undefined;
    return async ({ forceRefresh } = {}) => {
      if (forceRefresh && given !== undefined) await provider.renew(given);
      return given = await provider.get();
    };
  };
}
