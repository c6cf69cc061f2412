import { concatBytes, toHex, utf8 } from '../../bytes/bytes';
import { canonicalize } from '../../canonical/canonicalize';
import { checkpointBody } from '../../checkpoint/checkpoint';
import { signerFromSeed, signNote } from '../../checkpoint/note';
import { commitPayload, leafOf } from '../../item/leaf';
import type { EvidenceItem } from '../../item/item';
import approval from '../../kinds/approval-decision/v1/fixture.json';
import drift from '../../kinds/drift-report/v1/fixture.json';
import evaluation from '../../kinds/evaluation/v1/fixture.json';
import scorecard from '../../kinds/scorecard-verdict/v1/fixture.json';
import {
  assembleProof,
  consistencyPath,
  inclusionPath,
} from '../../merkle/proofs';
import {
  appendToFrontier,
  emptyFrontier,
  Frontier,
  frontierRoot,
  leafHash,
  NodeRef,
} from '../../merkle/tree';
import type { PackEntry } from '../../pack/evidenceLine';
import type { PackFile } from '../../pack/format';
import { type PackFacts, startPack } from '../../pack/writer';
import type { PackFiles } from '../reading';

/** The key of the example log, and that of a stranger. */
export const logSigner = signerFromSeed(
  'ledger.example/demo',
  new Uint8Array(32).fill(7),
);
export const strangerSigner = signerFromSeed(
  'ledger.example/demo',
  new Uint8Array(32).fill(8),
);

/** A small log in memory: real leaves, a real tree, signed heads of every size. */
export function exampleLog(items: EvidenceItem[]) {
  const nodes = new Map<string, Uint8Array>();
  const frontiers: Frontier[] = [emptyFrontier];
  const entries = items.map((item, position) => {
    const payload = canonicalize(item.data.payload);
    const salt = new Uint8Array(32).fill(position + 1);
    const leaf = leafOf(item, commitPayload(salt, payload));
    const next = appendToFrontier(frontiers[position], leafHash(utf8(leaf)));
    for (const node of next.created)
      nodes.set(`${node.level}/${node.index}`, node.hash);
    frontiers.push(next.frontier);
    return { position, leaf, payload, salt: toHex(salt) };
  });
  const at = (ref: NodeRef) => nodes.get(`${ref.level}/${ref.index}`)!;
  const size = items.length;
  return {
    size,
    entries: entries.map(
      (entry): PackEntry => ({
        ...entry,
        proof: assembleProof(inclusionPath(entry.position, size), at),
      }),
    ),
    headAt: (count: number, signer = logSigner) =>
      signNote(
        checkpointBody({
          origin: signer.name,
          size: count,
          rootHash: toHex(frontierRoot(frontiers[count])),
        }),
        signer,
      ),
    consistency: (size1: number, size2: number) =>
      assembleProof(consistencyPath(size1, size2), at),
  };
}

/** Eleven items of four kinds about two subjects, one after the other. */
export function exampleItems(): EvidenceItem[] {
  const kinds = [
    evaluation,
    drift,
    approval,
    scorecard,
  ] as unknown as EvidenceItem[];
  return [...Array(11).keys()].map(i => ({
    ...kinds[i % 4],
    id: `item-${i}`,
    subject:
      i % 5 === 4
        ? 'resource:default/another'
        : 'resource:default/digit-reader-edge',
    time: `2026-11-22T12:${String(10 + i)}:00.000Z`,
  }));
}

export const exampleFacts: Omit<PackFacts, 'checkpoint' | 'verifierKey'> = {
  packId: 'pck_example',
  subject: 'resource:default/digit-reader-edge',
  periodStart: '2026-11-22T12:00:00.000Z',
  periodEnd: '2026-11-22T13:00:00.000Z',
  exportedBy: 'user:default/iris',
  exportedAt: '2026-11-22T13:00:00.000Z',
};

/** Changes made while a pack is written and signed: what a dishonest exporter could do. */
export interface Dishonesty {
  entries?: (entries: PackEntry[]) => PackEntry[];
  facts?: Partial<PackFacts>;
}

/** The pack of the example log about its main subject, every file in order. */
export function examplePack(
  dishonesty: Dishonesty = {},
  signer = logSigner,
): PackFile[] {
  const log = exampleLog(exampleItems());
  const own = log.entries.filter(
    entry => JSON.parse(entry.leaf).subject === exampleFacts.subject,
  );
  const pack = startPack();
  const lines = (dishonesty.entries ? dishonesty.entries(own) : own).map(
    entry => pack.add(entry),
  );
  const { files } = pack.finish(
    {
      ...exampleFacts,
      checkpoint: log.headAt(log.size, signer),
      verifierKey: signer.verifierKey,
      ...dishonesty.facts,
    },
    signer,
  );
  return [{ name: 'evidence.ndjson', bytes: concatBytes(...lines) }, ...files];
}

/** Files in memory as a verifier reads them, in pieces of the given size. */
export function packFilesOf(
  files: readonly PackFile[],
  pieceSize = 1000,
): PackFiles {
  return {
    names: files.map(file => file.name),
    async *read(name) {
      const { bytes } = files.find(file => file.name === name)!;
      for (let i = 0; i < bytes.length; i += pieceSize)
        yield bytes.subarray(i, i + pieceSize);
    },
  };
}
