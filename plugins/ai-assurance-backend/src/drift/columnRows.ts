import { insertRows, postgresQuery, Tx } from '../platform';

/** Between the values of a column, and for one that is not there. No name, number or line of JSON holds either. */
const separator = '\u001f';
const absent = '\u001e';

/** What PostgreSQL shall read a column as. A line of JSON is a text that holds no control character, and is not searched for one. */
const types = {
  text: 'text',
  'json line': 'text',
  bigint: 'bigint',
  'double precision': 'double precision',
};

/** A table that an evaluation writes thousands of rows into, and how. All of it MUST be literals of ours. */
export interface ColumnTable<Row> {
  table: string;
  columns: Record<keyof Row & string, keyof typeof types>;
  /** What to do with a row that is there already, as it stands in an INSERT. */
  onConflict: string;
}

const plainOf = (value: unknown): string =>
  value === null ? absent : String(value);

function wordOf(value: unknown): string {
  const text = plainOf(value);
  if (value !== null && (text.includes(separator) || text.includes(absent)))
    throw new Error(
      `A value holds a character that separates values: ${JSON.stringify(
        text.slice(0, 100),
      )}`,
    );
  return text;
}

/** Makes the writer of rows of one table: those that are there are replaced as it says. */
export function columnWriter<Row extends object>({
  table,
  columns,
  onConflict,
}: ColumnTable<Row>): (tx: Tx, rows: readonly Row[]) => Promise<void> {
  const names = Object.keys(columns) as (keyof Row & string)[];
  const statement = {
    name: `ai-assurance-${table}-columns`,
    text: `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names
      .map(name => `rows.${name}::${types[columns[name]]}`)
      .join(', ')} FROM unnest(${names
      .map((_, i) => `string_to_array($${i + 1}, chr(31), chr(30))`)
      .join(', ')}) AS rows(${names.join(', ')}) ${onConflict}`,
  };
  return async (tx, rows) => {
    if (rows.length === 0) return;
    if (String(tx.client.config.client).includes('sqlite')) {
      await insertRows(tx, table, rows as Row[], onConflict);
      return;
    }
    // Column by column, each one text: neither side has to write or read a megabyte of JSON within JSON.
    await postgresQuery(tx, {
      ...statement,
      values: names.map(name => {
        const valueOf = columns[name] === 'text' ? wordOf : plainOf;
        return rows.map(row => valueOf(row[name])).join(separator);
      }),
    });
  };
}
