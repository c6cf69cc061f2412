import {
  emptyFrontier,
  Frontier,
  frontierRoot,
  growTree,
  Hasher,
  leafFrom,
  leafHasher,
  LeafHasher,
} from '@ai-assurance/evidence';
import { Db, instantOf } from '../platform';
import { hexOf } from './core/hex';
import { statusOf } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { checkColumns, checkCommitment } from './checks/checkItem';
import { Finding, wholeNumber } from './checks/Finding';
import { HeadCheck } from './checks/HeadCheck';
import { RedactionCheck } from './checks/RedactionCheck';
import { WordCheck } from './checks/WordCheck';
import { scanItems, ScannedItem } from './scan';
import { CounterRow, NodeRow } from './tables';
import { FsckReport, FsckTable } from './types';

/** Items read at once; a multiple of a tile, so that a page closes its nodes. */
const pageSize = 1024;

export interface FsckDeps {
  db: Db;
  hash: Hasher;
  /** The verifier key of the head of this size: a log may have had several, one after the other. */
  keyOf: (headSize: number) => string;
}

/** What the ledger was at the moment when the check began; writers go on meanwhile. */
interface Extent {
  firstPosition: number;
  itemCount: number;
  headCount: number;
  newestHeadSize: number;
  nodeCount: number;
  counter: CounterRow | undefined;
}

/**
 * Derives the whole ledger again from the stored texts and names the first row that does not fit: commitments, leaves,
 * columns, positions, order of recording, nodes, heads with their signatures, redactions, dictionary, and the counter.
 * What is recorded while it runs is left for the next time. Constant memory; holds no transaction for longer than a page.
 * Changes nothing, safe to repeat.
 */
export async function fsckLedger(deps: FsckDeps): Promise<FsckReport> {
  const heads = new HeadCheck(deps);
  try {
    const report = await walk(deps, heads);
    await heads.settle();
    return report;
  } catch (error) {
    // Heads are verified beside the items: an earlier one may be wrong as well.
    const earlier = await heads.firstFinding();
    const finding = earlier ?? error;
    if (finding instanceof Finding) return finding.report;
    throw finding;
  }
}

async function walk(deps: FsckDeps, heads: HeadCheck): Promise<FsckReport> {
  const { db, hash } = deps;
  const extent = await extentOf(db);
  if (extent.firstPosition < 0)
    throw new Finding(
      'ledger_item',
      extent.firstPosition,
      'Positions begin at 0',
    );
  const tree = growTree(emptyFrontier, hash);
  const hasher = leafHasher(hash);
  const words = new WordCheck(db);
  const redactions = new RedactionCheck(db, hasher);
  let nodeCount = 0;
  let recordedAtMs = 0;
  while (tree.size < extent.itemCount) {
    const from = tree.size;
    const to = Math.min(from + pageSize, extent.itemCount);
    const items = await scanItems(db, from, to);
    const texts = await words.textsOf(items);
    const listed = await redactions.listed(from, to);
    await heads.open(from, to);
    const nodes: DerivedNode[] = [];
    for (const item of items) {
      checkPosition(item.position, tree.size);
      checkColumns(item);
      if (item.recordedAtMs < recordedAtMs)
        throw new Finding(
          'ledger_item',
          item.position,
          `It was recorded before the item in front of it: ${item.recordedAtMs} comes after ${recordedAtMs}`,
        );
      recordedAtMs = item.recordedAtMs;
      tree.append(checkLeaf(item, texts, hasher), (level, index, node) => {
        if (level % TILE_HEIGHT === 0)
          nodes.push({
            level: level / TILE_HEIGHT,
            index,
            hash: hexOf(node),
          });
      });
      if (isErased(item) || listed.has(item.position))
        await redactions.check(item, listed.get(item.position));
      if (heads.isAt(tree.size))
        heads.check(
          tree.size,
          hexOf(frontierRoot(tree.frontier(), hash)),
          recordedAtMs,
        );
    }
    if (tree.size < to)
      throw new Finding(
        'ledger_item',
        tree.size,
        `Position ${tree.size} is missing: the next one is beyond ${to - 1}`,
      );
    await checkNodes(db, nodes);
    nodeCount += nodes.length;
  }
  await heads.settle();
  checkExtent(extent, {
    headCount: heads.count,
    nodeCount,
    recordedAtMs,
    frontier: tree.frontier(),
  });
  await redactions.checkRest(extent.itemCount);
  await words.checkRest();
  return { ok: true, itemCount: tree.size, headCount: heads.count };
}

/** In one snapshot: on PostgreSQL a plain transaction would see each statement's own moment. */
async function extentOf(db: Db): Promise<Extent> {
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

function checkPosition(position: number, expected: number): void {
  if (position !== expected)
    throw new Finding(
      'ledger_item',
      position,
      `Position ${expected} is missing: the next one is ${position}`,
    );
}

function isErased(item: ScannedItem): boolean {
  return item.payload === '' && item.salt.length === 0;
}

/** Checks an item by itself and returns its leaf hash. Its columns are the parts of the leaf: another column, another leaf. */
function checkLeaf(
  item: ScannedItem,
  texts: Map<number, string>,
  hasher: LeafHasher,
): Uint8Array {
  const demand = (holds: boolean, problem: string) => {
    if (!holds) throw new Finding('ledger_item', item.position, problem);
  };
  if (!isErased(item)) checkCommitment(item, hasher);
  const leaf = hasher.leafHash(
    leafFrom({
      envelope: item.envelope,
      id: item.id,
      payloadCommitment: item.payloadCommitment,
      source: texts.get(item.source)!,
      subject: texts.get(item.subject)!,
      time: item.timeText ?? instantOf(item.timeMs),
      type: texts.get(item.type)!,
    }),
  );
  demand(
    hexOf(leaf) === item.leafHash,
    'The leaf hash is not that of the leaf',
  );
  const column = (name: string, stored: unknown, derived: unknown) => {
    if (stored !== derived)
      demand(false, `Column ${name} says ${stored}, the item says ${derived}`);
  };
  if (item.timeText !== null)
    column('time_ms', item.timeMs, Date.parse(item.timeText));
  column('expires_at_ms', item.expiresAtMs, expiryIn(item.envelope));
  if (!isErased(item)) column('status', item.status, statusIn(item.payload));
  return leaf;
}

const expiryMember = /"expiresAt":"([^"]*)"/;

/** Only the envelope itself has such a member, and a quotation mark within a text is escaped: no need to parse it all. */
function expiryIn(envelope: string): number | null {
  if (!envelope.includes('"expiresAt":"')) return null;
  return Date.parse(expiryMember.exec(envelope)![1]);
}

/** Most kinds that carry no verdict do not even have the name. */
function statusIn(payload: string): string | null {
  if (!payload.includes('"status":')) return null;
  return statusOf(JSON.parse(payload)) ?? null;
}

interface DerivedNode {
  level: number;
  index: number;
  hash: string;
}

async function checkNodes(db: Db, nodes: DerivedNode[]): Promise<void> {
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

function checkExtent(
  stored: Extent,
  derived: {
    headCount: number;
    nodeCount: number;
    recordedAtMs: number;
    frontier: Frontier;
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
}
