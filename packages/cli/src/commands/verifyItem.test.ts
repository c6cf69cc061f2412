import {
  formatTlogProof,
  leafHash,
  type ProvenItem,
  readEvidenceLine,
  toHex,
  utf8,
} from '@ai-assurance/evidence';
import { createFolder } from '../__testUtils__/folder';
import {
  logSigner,
  packFiles,
  strangerSigner,
} from '../__testUtils__/realPack';
import { shell } from '../__testUtils__/shell';

const { save } = createFolder();

/** The second item of the example pack, as the evidence page saves it. */
function proven(): ProvenItem {
  const files = new Map(
    packFiles().map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
  );
  const line = files.get('evidence.ndjson')!.split('\n')[1];
  const entry = readEvidenceLine(line);
  if (typeof entry === 'string') throw new Error(entry);
  const {
    leafFormat: _,
    envelope,
    payloadCommitment,
    ...attributes
  } = JSON.parse(entry.leaf);
  return {
    position: entry.position,
    item: {
      ...attributes,
      data: { envelope, payload: JSON.parse(entry.payload!) },
    },
    leaf: entry.leaf,
    leafHash: toHex(leafHash(utf8(entry.leaf))),
    payloadCommitment,
    salt: entry.salt!,
    proof: formatTlogProof({
      index: entry.position,
      hashes: entry.proof,
      checkpoint: files.get('checkpoint.txt')!,
    }),
    verifierKey: logSigner.verifierKey,
  };
}
const saved = (content: object | string) =>
  save(
    'evidence-1.json',
    typeof content === 'string' ? content : JSON.stringify(content, null, 2),
  );

describe('ai-assurance verify, of one item with its proof', () => {
  it('verifies it with the key that you trust, step by step', async () => {
    const { code, out, err } = await shell(
      'verify',
      saved(proven()),
      '--key',
      logSigner.verifierKey,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').filter(line => /^ {2}[✓✕–]/.test(line))).toEqual([
      '  ✓ The payload is the one that was committed to',
      '  ✓ The item is the one in the leaf',
      '  ✓ The leaf has the hash that is stated',
      '  ✓ The head of the log is signed by the key',
      '  ✓ The path leads from the leaf to the root of the head',
      '  ✓ It stands at the position that is stated',
    ]);
    expect(out).toContain(
      'VERIFIED with the key you gave: Artifact about resource:default/digit-reader-edge, observed at 2026-11-22T12:01:00.000Z.',
    );
    expect(out).toContain(
      'It stands at position 1 of a signed log with 3 entries.',
    );
  });

  it('says that the key in the file proves less', async () => {
    const { code, out } = await shell('verify', saved(proven()));
    expect(code).toBe(0);
    expect(out).toContain('VERIFIED with the key in the file: ');
    expect(out).toContain('the item stands in a log, not in whose');
  });

  it('refuses the key of somebody else', async () => {
    const { code, out } = await shell(
      'verify',
      saved(proven()),
      '--key',
      strangerSigner.verifierKey,
    );
    expect(code).toBe(1);
    expect(out).toContain(
      'What     the head is signed with another key than the one you trust',
    );
  });

  it('finds a changed payload, also in JSON', async () => {
    const item = proven();
    (item.item.data.payload as any).version = '9.9.9';
    const { code, out } = await shell('verify', saved(item), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      holds: false,
      message: 'the payload is not the one that was committed to',
      steps: [{ step: 'payload', result: 'fails' }, {}, {}, {}, {}, {}],
    });
  });

  it.each([
    ['{"position":1}', 'evidence-1.json is neither a pack nor an item'],
    ['{not json', 'it is not JSON: '],
  ])('names what is wrong with %p', async (text, message) => {
    const { code, err } = await shell('verify', saved(text));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('refuses a file that is too large for an item', async () => {
    const { code, err } = await shell(
      'verify',
      saved(`{"a":"${'x'.repeat(2 * 1024 * 1024)}"}`),
    );
    expect(code).toBe(2);
    expect(err).toContain('is larger than an item with its proof can be');
  });

  it('refuses what is only for packs', async () => {
    const { code, err } = await shell(
      'verify',
      saved(proven()),
      '--head',
      'head.txt',
    );
    expect({ code, err }).toEqual({
      code: 2,
      err: '--keys, --head and --consistency are for packs: an item brings its own head\n',
    });
  });
});
