/** The table that is queried: sales that depend on nothing but their number, so that everybody who makes it has the same. */
export const DATASET = (rows: number) => `
  CREATE TABLE sales AS
  SELECT i AS id,
         DATE '2025-01-01' + (i % 365)::INTEGER AS day,
         ['France', 'Germany', 'Italy', 'Spain'][1 + (hash(i) % 4)::INTEGER] AS country,
         (hash(i * 7) % 1000)::INTEGER AS product,
         round((hash(i * 13) % 100000) / 100.0, 2) AS amount
  FROM range(${rows}) numbers(i)`;

/** Said once the table is there, and not to be taken back: no files, no network, no extensions, no setting that anybody could change. */
export const ENGINE_LIMITS = [
  'SET memory_limit = \'1GB\'',
  'SET temp_directory = \'\'',
  'SET enable_external_access = false',
  'SET lock_configuration = true',
] as const;
