import { Db, Tx } from '../../platform';

/** A database whose n-th statement inside a transaction fails before it reaches the database. */
export function brokenAt(db: Db, failAt: number): Db {
  return {
    ...db,
    transaction: work =>
      db.transaction(tx => {
        const client = (tx as Tx).client;
        const query = client.query;
        let statement = 0;
        client.query = (...args: unknown[]) => {
          statement += 1;
          if (statement !== failAt) return query.apply(client, args);
          client.query = query;
          return Promise.reject(new Error(`broken at statement ${failAt}`));
        };
        return work(tx).finally(() => {
          client.query = query;
        });
      }),
  };
}
