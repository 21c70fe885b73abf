/** What is permitted on the parameters of a path. */
export enum NamespaceAccess {
  /** To read the parameters, their values and their versions. */
  READ = 'READ',

  /** To read, create, overwrite, label, tag and delete the parameters. */
  WRITE = 'WRITE',
}
