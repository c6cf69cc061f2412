import { Db } from '../../platform';
import { NodeRow } from '../tables';
import { Finding } from './Finding';

/** A node as it follows from the leaves; `level` and `hash` as the table has them. */
export interface DerivedNode {
  level: number;
  index: number;
  hash: string;
}

/** Compares stored nodes with derived ones; those of one level MUST be neighbours. */
export async function checkNodes(db: Db, nodes: DerivedNode[]): Promise<void> {
  const levels = new Map<number, DerivedNode[]>();
  for (const node of nodes) {
    const level = levels.get(node.level);
    if (level) level.push(node);
    else levels.set(node.level, [node]);
  }
  for (const [level, derived] of levels) {
    const rows: NodeRow[] = await db
      .knex<NodeRow>('ledger_node')
      .where('ledger_node.level', level)
      .andWhere('ledger_node.node_index', '>=', derived[0].index)
      .andWhere(
        'ledger_node.node_index',
        '<=',
        derived[derived.length - 1].index,
      );
    const stored = new Map(rows.map(row => [Number(row.node_index), row.hash]));
    for (const { index, hash } of derived) {
      if (stored.get(index) === hash) continue;
      throw new Finding(
        'ledger_node',
        `${level}/${index}`,
        stored.has(index)
          ? 'The hash is not that of the leaves below'
          : 'The node is missing',
      );
    }
  }
}
