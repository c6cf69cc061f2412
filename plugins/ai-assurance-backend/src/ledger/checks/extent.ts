import { Frontier } from '@ai-assurance/evidence';
import { Db } from '../../platform';
import { hexOf } from '../core/hex';
import { CounterRow } from '../tables';
import { FsckTable } from '../types';
import { Finding, wholeNumber } from './Finding';

/** What the ledger was at the moment when the check began; writers go on meanwhile. */
export interface Extent {
  firstPosition: number;
  itemCount: number;
  headCount: number;
  newestHeadSize: number;
  nodeCount: number;
  counter: CounterRow | undefined;
}

/** In one snapshot: on PostgreSQL a plain transaction would see each statement's own moment. */
export async function extentOf(db: Db): Promise<Extent> {
  const isolationLevel =
    db.dialect === 'postgres' ? ('repeatable read' as const) : undefined;
  return db.knex.transaction(
    async tx => {
      const numberOf = async (table: FsckTable, value: string) => {
        const row = await tx(table)
          .select(tx.raw(`${value} AS value`))
          .first();
        const at = { table, row: '*', column: value };
        return wholeNumber(row.value ?? 0, at);
      };
      return {
        firstPosition: await numberOf('ledger_item', 'MIN(position)'),
        itemCount: await numberOf('ledger_item', 'MAX(position) + 1'),
        headCount: await numberOf('ledger_head', 'COUNT(*)'),
        newestHeadSize: await numberOf('ledger_head', 'MAX(size)'),
        nodeCount: await numberOf('ledger_node', 'COUNT(*)'),
        counter: await tx<CounterRow>('ledger_counter')
          .where('ledger_counter.id', 1)
          .first(),
      };
    },
    { isolationLevel },
  );
}

/** Compares what is stored with what follows from the items, once all of them were read. */
export function checkExtent(
  stored: Extent,
  derived: {
    headCount: number;
    nodeCount: number;
    recordedAtMs: number;
    frontier: Frontier;
    /** Of the newest key. */
    keyId: string;
  },
): void {
  const { size, nodes } = derived.frontier;
  if (stored.newestHeadSize !== size)
    throw new Finding(
      'ledger_head',
      stored.newestHeadSize,
      `The newest head covers ${stored.newestHeadSize} items, but ${size} are stored`,
    );
  if (stored.headCount !== derived.headCount)
    throw new Finding(
      'ledger_head',
      '*',
      `${stored.headCount} heads are stored, ${derived.headCount} fit the items`,
    );
  if (stored.nodeCount !== derived.nodeCount)
    throw new Finding(
      'ledger_node',
      '*',
      `${stored.nodeCount} nodes are stored, ${derived.nodeCount} fit the items`,
    );
  const { counter } = stored;
  if (!counter)
    throw new Finding('ledger_counter', 1, 'The counter row is missing');
  const numberIn = (column: 'size' | 'recorded_at_ms') =>
    wholeNumber(counter[column], { table: 'ledger_counter', row: 1, column });
  if (numberIn('size') !== size)
    throw new Finding(
      'ledger_counter',
      1,
      `The counter says ${numberIn('size')} items, but ${size} are stored`,
    );
  if (counter.frontier !== JSON.stringify(nodes.map(hexOf)))
    throw new Finding(
      'ledger_counter',
      1,
      'The right edge is not that of the items',
    );
  if (size > 0 && numberIn('recorded_at_ms') !== derived.recordedAtMs)
    throw new Finding(
      'ledger_counter',
      1,
      `The counter says that the newest item was recorded at ${numberIn(
        'recorded_at_ms',
      )}, the item says ${derived.recordedAtMs}`,
    );
  if (counter.key_id !== derived.keyId)
    throw new Finding(
      'ledger_counter',
      1,
      `The counter says that the key ${String(counter.key_id).slice(
        0,
        100,
      )} signs, the newest key is ${derived.keyId}`,
    );
}
