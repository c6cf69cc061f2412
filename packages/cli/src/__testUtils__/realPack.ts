import {
  appendToFrontier,
  assembleProof,
  canonicalize,
  checkpointBody,
  commitPayload,
  emptyFrontier,
  type EvidenceItem,
  frontierRoot,
  inclusionPath,
  leafHash,
  leafOf,
  type NodeRef,
  PACK_FILE_MODE,
  PACK_FILE_TIME_MS,
  type PackFile,
  signerFromSeed,
  signNote,
  startPack,
  toHex,
  utf8,
} from '@ai-assurance/evidence';
import { Readable } from 'node:stream';
import yazl from 'yazl';

export const logSigner = signerFromSeed(
  'ledger.example/demo',
  new Uint8Array(32).fill(7),
);
export const strangerSigner = signerFromSeed(
  'ledger.example/stranger',
  new Uint8Array(32).fill(9),
);

function item(n: number, type: string): EvidenceItem {
  return {
    specversion: '1.0',
    id: `artifact-${n}`,
    source: '/pipelines/digit-reader',
    type,
    subject: 'resource:default/digit-reader-edge',
    time: `2026-11-22T12:0${n}:00.000Z`,
    datacontenttype: 'application/json',
    data: {
      envelope: {
        sourceSystem: 'edge-agent.pipeline',
        collector: { id: 'edge-agent.train', version: '1' },
        collectedAt: `2026-11-22T12:0${n}:01.000Z`,
      },
      payload: {
        version: `1.0.${n}`,
        digest: `sha256:${'ab'.repeat(32)}`,
        sizeBytes: 31810 + n,
        format: 'onnx',
      },
    },
  };
}

/** The files of a small pack over a real log, in order; the last of its three items may be of another type. */
export function packFiles(
  signer = logSigner,
  lastType = 'io.ai-assurance.artifact.v1',
): PackFile[] {
  const nodes = new Map<string, Uint8Array>();
  let frontier = emptyFrontier;
  const entries = [0, 1, 2].map(n => {
    const { data, ...rest } = item(
      n,
      n === 2 ? lastType : 'io.ai-assurance.artifact.v1',
    );
    const payload = canonicalize(data.payload);
    const salt = new Uint8Array(32).fill(n + 1);
    const leaf = leafOf({ ...rest, data }, commitPayload(salt, payload));
    const next = appendToFrontier(frontier, leafHash(utf8(leaf)));
    for (const node of next.created)
      nodes.set(`${node.level}/${node.index}`, node.hash);
    frontier = next.frontier;
    return { position: n, leaf, payload, salt: toHex(salt) };
  });
  const at = (ref: NodeRef) => nodes.get(`${ref.level}/${ref.index}`)!;
  const head = {
    origin: signer.name,
    size: entries.length,
    rootHash: toHex(frontierRoot(frontier)),
  };
  const pack = startPack();
  const lines = entries.map(entry =>
    pack.add({
      ...entry,
      proof: assembleProof(inclusionPath(entry.position, entries.length), at),
    }),
  );
  const { files } = pack.finish(
    {
      packId: 'pck_example',
      subject: 'resource:default/digit-reader-edge',
      periodStart: '2026-11-22T12:00:00.000Z',
      periodEnd: '2026-11-22T13:00:00.000Z',
      exportedBy: 'user:default/iris',
      exportedAt: '2026-11-22T13:00:00.000Z',
      checkpoint: signNote(checkpointBody(head), signer),
      verifierKey: signer.verifierKey,
    },
    signer,
  );
  return [{ name: 'evidence.ndjson', bytes: Buffer.concat(lines) }, ...files];
}

/** The options with which the server writes packs: stored, and with one fixed time in every time zone. */
export const zipOptions: Partial<yazl.Options> = {
  mtime: new Date(PACK_FILE_TIME_MS),
  mode: PACK_FILE_MODE,
  forceDosTimestamp: true,
  compress: false,
};

/** A ZIP of these files as yazl writes it; the first one streamed, as large evidence is. */
export async function zipOf(
  files: readonly PackFile[],
  options: Partial<yazl.Options> = zipOptions,
  end: Partial<yazl.EndOptions> = {},
): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  files.forEach((file, i) => {
    const bytes = Buffer.from(file.bytes);
    if (i === 0) zip.addReadStream(Readable.from([bytes]), file.name, options);
    else zip.addBuffer(bytes, file.name, options);
  });
  zip.end(end as yazl.EndOptions);
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
