import { frontierRoot } from '@ai-assurance/evidence';
import { Db } from '../platform';
import {
  checkColumns,
  checkLeaf,
  checkPosition,
  isErased,
  ItemWords,
} from './checks/checkItem';
import { checkNodes, DerivedNode } from './checks/checkNodes';
import { checkExtent, Extent, extentOf } from './checks/extent';
import { Finding } from './checks/Finding';
import { HeadCheck } from './checks/HeadCheck';
import { HexTree } from './checks/HexTree';
import { RedactionCheck } from './checks/RedactionCheck';
import { WordCheck } from './checks/WordCheck';
import { hexOf } from './core/hex';
import { TILE_HEIGHT } from './core/tiles';
import { keyAt, LedgerKey } from './keys';
import { ScannedItem, visitItems } from './scan';
import { sha256 } from './sha256';
import { FsckReport } from './types';

/** Items between two looks at what stands beside them; a multiple of a tile, so that a stretch closes its nodes. */
const stretchSize = 16_384;

export interface FsckDeps {
  db: Db;
  /** Oldest first, and not empty: a log may have had several, one after the other. */
  keys: LedgerKey[];
}

/** One way through the ledger, from its first item to its last. */
class Walk {
  readonly #db: Db;
  readonly #heads: HeadCheck;
  readonly #extent: Extent;
  readonly #words: WordCheck;
  readonly #redactions: RedactionCheck;
  readonly #tree = new HexTree();
  #recordedAtMs = 0;
  #nodeCount = 0;
  /** Of the stretch that is being read. */
  #nodes: DerivedNode[] = [];
  #erased = new Map<number, string>();

  constructor(db: Db, heads: HeadCheck, extent: Extent) {
    this.#db = db;
    this.#heads = heads;
    this.#extent = extent;
    this.#words = new WordCheck(db);
    this.#redactions = new RedactionCheck(db);
  }

  async run(keys: LedgerKey[]): Promise<FsckReport> {
    const { firstPosition, itemCount } = this.#extent;
    if (firstPosition < 0)
      throw new Finding('ledger_item', firstPosition, 'Positions begin at 0');
    while (this.#tree.size < itemCount) {
      const from = this.#tree.size;
      await this.#stretch(from, Math.min(from + stretchSize, itemCount));
    }
    await this.#heads.settle();
    checkExtent(this.#extent, {
      headCount: this.#heads.count,
      nodeCount: this.#nodeCount,
      recordedAtMs: this.#recordedAtMs,
      frontier: this.#tree.frontier(),
      keyId: keys[keys.length - 1].keyId,
    });
    await this.#redactions.checkRest(itemCount);
    await this.#words.checkRest();
    return { ok: true, itemCount, headCount: this.#heads.count };
  }

  async #stretch(from: number, to: number): Promise<void> {
    await this.#heads.open(from, to);
    this.#nodes = [];
    this.#erased = new Map();
    let failure: { error: unknown } | undefined;
    try {
      await this.#items(to);
    } catch (error) {
      failure = { error };
    }
    // What stands beside items in front of a wrong one comes first.
    await this.#redactions.check(from, this.#tree.size, this.#erased);
    await checkNodes(this.#db, this.#nodes);
    this.#nodeCount += this.#nodes.length;
    if (failure) throw failure.error;
  }

  /** Reads on to `to`, once more from the first item of which a word is not known yet. */
  async #items(to: number): Promise<void> {
    for (let isMissing = true; isMissing; ) {
      isMissing = false;
      await visitItems(this.#db, this.#tree.size, to, item => {
        // Behind a missing word the rest is only asked for its own.
        const words = this.#words.of(item);
        if (words) this.#item(item, words);
        else isMissing = true;
      });
      if (isMissing) await this.#words.fetch();
    }
    const { size } = this.#tree;
    if (size < to)
      throw new Finding(
        'ledger_item',
        size,
        `Position ${size} is missing: the next one is beyond ${to - 1}`,
      );
  }

  #item(item: ScannedItem, words: ItemWords): void {
    const { position, recordedAtMs } = item;
    const tree = this.#tree;
    checkPosition(position, tree.size);
    checkColumns(item);
    if (recordedAtMs < this.#recordedAtMs)
      throw new Finding(
        'ledger_item',
        position,
        `It was recorded before the item in front of it: ${recordedAtMs} comes after ${
          this.#recordedAtMs
        }`,
      );
    this.#recordedAtMs = recordedAtMs;
    const leafHash = checkLeaf(item, words);
    if (isErased(item)) this.#erased.set(position, leafHash);
    tree.append(leafHash, (level, index, node) => {
      if (level % TILE_HEIGHT === 0)
        this.#nodes.push({
          level: level / TILE_HEIGHT,
          index,
          hash: node,
        });
    });
    if (this.#heads.isAt(tree.size))
      this.#heads.check(
        tree.size,
        hexOf(frontierRoot(tree.frontier(), sha256)),
        recordedAtMs,
      );
  }
}

/**
 * Derives the whole ledger again from the stored texts and names the first row that does not fit: commitments, leaves,
 * columns, positions, order of recording, nodes, heads with their signatures, redactions, dictionary, and the counter.
 * What is recorded while it runs is left for the next time. Constant memory; holds no transaction for longer than a stretch.
 * Changes nothing, safe to repeat.
 */
export async function fsckLedger(deps: FsckDeps): Promise<FsckReport> {
  const { db, keys } = deps;
  const heads = new HeadCheck({
    db,
    keyOf: size => keyAt(keys, size)!.verifierKey,
  });
  try {
    const extent = await extentOf(db);
    const report = await new Walk(db, heads, extent).run(keys);
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
