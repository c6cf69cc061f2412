import { Knex } from 'knex';
import { Db, Task, Tx } from '../../platform';
import { recordsOf } from '../rows';
import { ItemRow } from '../tables';
import { Words } from '../words';
import { EvidenceList } from './EvidenceList';
import { headAt } from '../LedgerAt';
import { EvidenceFacets, Facets } from './facets';
import { Indexer } from './Indexer';
import { SearchIndex } from './SearchIndex';
import { SegmentStore } from './SegmentStore';
import { Summaries } from './Summaries';

export interface EvidenceSearch {
  list: EvidenceList;
  /** With `asOfMs` those that occurred by then. */
  facets(asOfMs?: number): Promise<EvidenceFacets>;
  /**
   * Takes what erased payloads said out of the search index. MUST be called in the transaction that erases them. Safe to
   * repeat.
   */
  forget(tx: Tx, positions: number[]): Promise<void>;
  /** Indexes all that is there, or a step of it while more comes in faster. */
  index(): Promise<void>;
  task: Task;
}

/** The list of evidence with its filters, and the search index behind it. */
export function createSearch(deps: { db: Db; words: Words }): EvidenceSearch {
  const { db, words } = deps;
  const store = new SegmentStore();
  const readItems = async (knex: Knex, from: number, to: number) => {
    const rows: ItemRow[] = await knex<ItemRow>('ledger_item')
      .select('ledger_item.*')
      .where('ledger_item.position', '>=', from)
      .andWhere('ledger_item.position', '<', to)
      .orderBy('ledger_item.position');
    return recordsOf(knex, words, rows);
  };
  const indexer = new Indexer({ db, store, readItems });
  const list = new EvidenceList({
    db,
    words,
    index: new SearchIndex(store),
    summaries: new Summaries({ db, words, store }),
  });
  const facets = new Facets({ knex: db.knex, words, list });
  return {
    list,
    facets: async asOfMs =>
      facets.of(
        asOfMs === undefined
          ? undefined
          : (await headAt(db, asOfMs))?.size ?? 0,
      ),
    async forget(tx, positions) {
      const leaves: { position: number; leaf: string }[] = [];
      for (let at = 0; at < positions.length; at += 500) {
        const rows: ItemRow[] = await tx<ItemRow>('ledger_item').whereIn(
          'ledger_item.position',
          positions.slice(at, at + 500),
        );
        leaves.push(...(await recordsOf(tx, words, rows)));
      }
      await indexer.forget(tx, leaves);
    },
    index: () => indexer.run(),
    task: indexer.task(),
  };
}
