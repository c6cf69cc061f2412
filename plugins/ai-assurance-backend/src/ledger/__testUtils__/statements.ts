import Database from 'better-sqlite3';
import { Client } from 'pg';
import { Dialect } from '../../platform';

/** The text of a statement, as the drivers carry it. */
function textOf(self: any, args: any[]): string {
  return self.source ?? args[0]?.text ?? String(args[0]);
}

/**
 * Calls `before` ahead of each statement that this process hands to its database, however it gets there, with the number
 * of the statement. What `before` throws, the statement fails with; a commit that fails so has ended its transaction, as a
 * database does. Returns how to stop it.
 */
export function watchStatements(
  dialect: Dialect,
  before: (statement: number) => void,
): () => void {
  let statement = 0;
  const watched: any =
    dialect === 'postgres'
      ? Client.prototype
      : Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1'));
  const names = dialect === 'postgres' ? ['query'] : ['run', 'get', 'all'];
  const originals = names.map(name => watched[name]);
  names.forEach((name, i) => {
    watched[name] = function watch(this: unknown, ...args: any[]) {
      statement += 1;
      try {
        before(statement);
      } catch (error) {
        const rollback = 'ROLLBACK;';
        if (!/^COMMIT/i.test(textOf(this, args))) throw error;
        if (dialect === 'sqlite') {
          (this as any).database.exec(rollback);
          throw error;
        }
        // The query builder hands a callback over.
        const answer = args[args.length - 1];
        return originals[i].call(this, rollback, () => answer(error));
      }
      return originals[i].apply(this, args);
    };
  });
  return () => {
    names.forEach((name, i) => {
      watched[name] = originals[i];
    });
  };
}
