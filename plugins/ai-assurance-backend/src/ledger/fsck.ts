import {
  appendToFrontier,
  commitPayload,
  emptyFrontier,
  Frontier,
  frontierRoot,
  Hasher,
  leafHash,
  SALT_LENGTH,
  toHex,
  utf8,
  verifyCheckpoint,
} from '@ai-assurance/evidence';
import { Knex } from 'knex';
import { Db, readBigint } from '../platform';
import { itemOf, statusOf } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { recordOf } from './rows';
import { CounterRow, HeadRow, ItemRow, NodeRow } from './tables';
import { FsckReport } from './types';
import { Words } from './words';

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
  const words = new Words();
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
    const texts = await words.wordsOf(
      tx,
      items.flatMap(row => [row.source, row.type, row.subject]),
    );
    for (const row of items) {
      const step = appendToFrontier(
        frontier,
        checkItem(row, texts, frontier.size, deps.hash),
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
  texts: Map<number, string>,
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
  const record = recordOf(row, texts);
  if (record.payload !== undefined)
    demand(
      row.salt.length === SALT_LENGTH &&
        commitPayload(row.salt, record.payload, hash) ===
          record.payloadCommitment,
      'The payload does not open its commitment',
    );
  // The columns are the parts of the leaf: another column, another leaf.
  const leaf = leafHash(utf8(record.leaf), hash);
  demand(
    toHex(leaf) === record.leafHash,
    'The leaf hash is not that of the leaf',
  );
  let item;
  try {
    item = itemOf(record);
  } catch {
    throw new Finding('ledger_item', at, 'Envelope or payload is no JSON');
  }
  const columns: [name: string, stored: unknown, derived: unknown][] = [
    ['time_ms', record.timeMs, Date.parse(item.time)],
    [
      'expires_at_ms',
      record.expiresAtMs,
      expiryOf(item.data.envelope.expiresAt),
    ],
  ];
  if (record.payload !== undefined)
    columns.push(['status', record.status, statusOf(item.data.payload)]);
  for (const [name, stored, derived] of columns)
    demand(
      stored === derived,
      `Column ${name} says ${stored}, the leaf says ${derived}`,
    );
  return leaf;
}

function expiryOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant);
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
