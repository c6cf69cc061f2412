import {
  appendToFrontier,
  commitPayload,
  emptyFrontier,
  Frontier,
  frontierRoot,
  fromHex,
  Hasher,
  leafHash,
  leafOf,
  toHex,
  utf8,
  verifyCheckpoint,
} from '@ai-assurance/evidence';
import { Knex } from 'knex';
import { Db, readBigint } from '../platform';
import { itemOf, statusOf } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { CounterRow, HeadRow, ItemRow, NodeRow } from './tables';
import { FsckReport } from './types';

const pageSize = 1000;

class Finding extends Error {
  readonly report: FsckReport;

  constructor(
    table: 'ledger_item' | 'ledger_node' | 'ledger_head' | 'ledger_counter',
    row: string,
    problem: string,
  ) {
    super(problem);
    this.report = { ok: false, table, row, problem };
  }
}

/**
 * Derives the whole ledger again from the stored texts and names the first row that does not fit: commitments, leaves,
 * columns, positions, nodes, heads with their signatures, and the counter. Reads in one transaction, so that a running
 * writer is no finding; constant memory. Changes nothing, safe to repeat.
 */
export async function fsckLedger(deps: {
  db: Db;
  hash: Hasher;
  /** The verifier key of the head of this size: a log may have had several, one after the other. */
  keyOf: (headSize: number) => string;
}): Promise<FsckReport> {
  try {
    // One snapshot: on PostgreSQL a plain transaction would see each statement's own moment.
    const isolationLevel =
      deps.db.dialect === 'postgres' ? ('repeatable read' as const) : undefined;
    return await deps.db.knex.transaction(tx => walk(tx, deps), {
      isolationLevel,
    });
  } catch (error) {
    if (error instanceof Finding) return error.report;
    throw error;
  }
}

async function walk(
  tx: Knex.Transaction,
  deps: { hash: Hasher; keyOf: (headSize: number) => string },
): Promise<FsckReport> {
  let frontier: Frontier = emptyFrontier;
  let headCount = 0;
  let nodeCount = 0;
  for (;;) {
    const items: ItemRow[] = await tx<ItemRow>('ledger_item')
      .where('ledger_item.position', '>=', frontier.size)
      .orderBy('ledger_item.position')
      .limit(pageSize);
    if (items.length === 0) break;
    const end = readBigint(items[items.length - 1].position) + 1;
    const heads: HeadRow[] = await tx<HeadRow>('ledger_head')
      .where('ledger_head.size', '>', frontier.size)
      .andWhere('ledger_head.size', '<=', end);
    const headBySize = new Map(
      heads.map(head => [readBigint(head.size), head]),
    );
    for (const row of items) {
      const step = appendToFrontier(
        frontier,
        checkItem(row, frontier.size, deps.hash),
        deps.hash,
      );
      frontier = step.frontier;
      for (const node of step.created) {
        if (node.level === 0 || node.level % TILE_HEIGHT !== 0) continue;
        await checkNode(
          tx,
          node.level / TILE_HEIGHT,
          node.index,
          toHex(node.hash),
        );
        nodeCount += 1;
      }
      const head = headBySize.get(frontier.size);
      if (head) {
        checkHead(
          head,
          toHex(frontierRoot(frontier, deps.hash)),
          deps.keyOf(frontier.size),
        );
        headCount += 1;
      }
    }
  }
  await checkCounts(tx, { size: frontier.size, headCount, nodeCount });
  await checkCounter(tx, frontier);
  return { ok: true, itemCount: frontier.size, headCount };
}

function checkItem(
  row: ItemRow,
  expectedPosition: number,
  hash: Hasher,
): Uint8Array {
  const position = readBigint(row.position);
  const at = String(position);
  const demand = (holds: boolean, problem: string) => {
    if (!holds) throw new Finding('ledger_item', at, problem);
  };
  demand(
    position === expectedPosition,
    `Position ${expectedPosition} is missing: the next one is ${position}`,
  );
  const salt = fromHex(row.salt);
  demand(
    salt !== undefined &&
      commitPayload(salt, row.payload, hash) === row.payload_commitment,
    'The payload does not open its commitment',
  );
  let item;
  try {
    item = itemOf(row);
  } catch {
    throw new Finding('ledger_item', at, 'Leaf or payload is no JSON');
  }
  demand(
    leafOf(item, row.payload_commitment) === row.leaf,
    'The leaf is not in canonical form, or names another commitment',
  );
  const leaf = leafHash(utf8(row.leaf), hash);
  demand(
    toHex(leaf) === row.leaf_hash,
    'The leaf hash is not that of the leaf',
  );
  const columns: [name: string, stored: unknown, derived: unknown][] = [
    ['source', row.source, item.source],
    ['id', row.id, item.id],
    ['type', row.type, item.type],
    ['subject', row.subject, item.subject],
    ['time_ms', readBigint(row.time_ms), Date.parse(item.time)],
    [
      'expires_at_ms',
      row.expires_at_ms === null ? null : readBigint(row.expires_at_ms),
      expiryOf(item.data.envelope.expiresAt),
    ],
    ['status', row.status, statusOf(item.data.payload) ?? null],
  ];
  for (const [name, stored, derived] of columns)
    demand(
      stored === derived,
      `Column ${name} says ${stored}, the leaf says ${derived}`,
    );
  return leaf;
}

function expiryOf(instant: string | undefined): number | null {
  return instant === undefined ? null : Date.parse(instant);
}

async function checkNode(
  tx: Knex.Transaction,
  level: number,
  index: number,
  derived: string,
): Promise<void> {
  const row = await tx<NodeRow>('ledger_node')
    .where({ level, node_index: index })
    .first();
  if (row?.hash !== derived) {
    throw new Finding(
      'ledger_node',
      `${level}/${index}`,
      row ? 'The hash is not that of the leaves below' : 'The node is missing',
    );
  }
}

function checkHead(
  head: HeadRow,
  derivedRoot: string,
  verifierKey: string,
): void {
  const size = String(readBigint(head.size));
  if (head.root_hash !== derivedRoot)
    throw new Finding(
      'ledger_head',
      size,
      'The root is not that of the leaves',
    );
  let stated;
  try {
    stated = verifyCheckpoint(head.note, verifierKey);
  } catch (error) {
    throw new Finding(
      'ledger_head',
      size,
      `The signature does not hold: ${(error as Error).message}`,
    );
  }
  if (stated.rootHash !== derivedRoot || String(stated.size) !== size)
    throw new Finding(
      'ledger_head',
      size,
      'The signed text states another tree',
    );
}

async function checkCounts(
  tx: Knex.Transaction,
  derived: { size: number; headCount: number; nodeCount: number },
): Promise<void> {
  const newest = await tx<HeadRow>('ledger_head')
    .orderBy('ledger_head.size', 'desc')
    .first();
  const newestSize = newest ? readBigint(newest.size) : 0;
  if (newestSize !== derived.size) {
    throw new Finding(
      'ledger_head',
      String(newestSize),
      `The newest head covers ${newestSize} items, but ${derived.size} are stored`,
    );
  }
  const [{ heads }] = await tx('ledger_head').count({ heads: '*' });
  if (Number(heads) !== derived.headCount)
    throw new Finding(
      'ledger_head',
      '*',
      `${heads} heads are stored, ${derived.headCount} fit the items`,
    );
  const [{ nodes }] = await tx('ledger_node').count({ nodes: '*' });
  if (Number(nodes) !== derived.nodeCount)
    throw new Finding(
      'ledger_node',
      '*',
      `${nodes} nodes are stored, ${derived.nodeCount} fit the items`,
    );
}

async function checkCounter(
  tx: Knex.Transaction,
  frontier: Frontier,
): Promise<void> {
  const row = await tx<CounterRow>('ledger_counter')
    .where('ledger_counter.id', 1)
    .first();
  if (!row)
    throw new Finding('ledger_counter', '1', 'The counter row is missing');
  if (readBigint(row.size) !== frontier.size) {
    throw new Finding(
      'ledger_counter',
      '1',
      `The counter says ${readBigint(row.size)} items, but ${
        frontier.size
      } are stored`,
    );
  }
  if (row.frontier !== JSON.stringify(frontier.nodes.map(toHex)))
    throw new Finding(
      'ledger_counter',
      '1',
      'The right edge is not that of the items',
    );
}
