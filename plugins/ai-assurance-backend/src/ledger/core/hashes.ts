import {
  EvidenceItem,
  ItemTexts,
  leafFrom,
  LeafHasher,
} from '@ai-assurance/evidence';
import { hexOf } from './hex';

/** What the ledger keeps of an item beside its texts. */
export interface ItemHashes {
  payloadCommitment: Uint8Array;
  leafHash: Uint8Array;
}

/** Hashes of an item that was read. Its canonical texts are those that were made while reading. */
export function hashesOf(
  {
    item,
    texts,
  }: {
    item: Pick<EvidenceItem, 'id' | 'source' | 'subject' | 'time' | 'type'>;
    texts: ItemTexts;
  },
  salt: Uint8Array,
  hasher: LeafHasher,
): ItemHashes {
  const payloadCommitment = hasher.commit(salt, texts.payload);
  const leaf = leafFrom({
    envelope: texts.envelope,
    id: item.id,
    payloadCommitment: hexOf(payloadCommitment),
    source: item.source,
    subject: item.subject,
    time: item.time,
    type: item.type,
  });
  return { payloadCommitment, leafHash: hasher.leafHash(leaf) };
}
