import { PreparedRead } from '../platform';

/** One item by its position. */
export const itemRead: PreparedRead = {
  name: 'ledger-item',
  sqlite: 'SELECT * FROM ledger_item WHERE position = ?',
  postgres: 'SELECT * FROM ledger_item WHERE position = $1',
};

/** The newest head. */
export const newestHeadRead: PreparedRead = {
  name: 'ledger-newest-head',
  sqlite: 'SELECT * FROM ledger_head ORDER BY size DESC LIMIT 1',
  postgres: 'SELECT * FROM ledger_head ORDER BY size DESC LIMIT 1',
};

/** Hashes of leaves from a position to before another, in order. */
export const leavesRead: PreparedRead = {
  name: 'ledger-leaves',
  sqlite:
    'SELECT leaf_hash AS hash FROM ledger_item WHERE position >= ? AND position < ? ORDER BY position',
  postgres:
    'SELECT leaf_hash AS hash FROM ledger_item WHERE position >= $1 AND position < $2 ORDER BY position',
};

/** Stored nodes of a level from an index to before another, in order. */
export const nodesRead: PreparedRead = {
  name: 'ledger-nodes',
  sqlite:
    'SELECT hash FROM ledger_node WHERE level = ? AND node_index >= ? AND node_index < ? ORDER BY node_index',
  postgres:
    'SELECT hash FROM ledger_node WHERE level = $1 AND node_index >= $2 AND node_index < $3 ORDER BY node_index',
};
