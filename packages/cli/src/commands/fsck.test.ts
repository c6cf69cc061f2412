import { fingerprintOf, parseVerifierKey } from '@ai-assurance/evidence';
import { logSigner, strangerSigner } from '../__testUtils__/realPack';
import {
  answer,
  createServers,
  type Misbehaviour,
} from '../__testUtils__/server';
import { shellIn } from '../__testUtils__/shell';

const serverWith = createServers();

const says =
  (finding: object, status = 200): Misbehaviour =>
  response =>
    answer(response, status, finding);

async function fsck(misbehaviours: Misbehaviour[], ...options: string[]) {
  const server = await serverWith(...misbehaviours);
  const result = await shellIn(
    { env: { AI_ASSURANCE_TOKEN: 'secret-token' } },
    'fsck',
    '--server',
    server.url,
    ...options,
  );
  return { ...result, server };
}

const clean = {
  checkedAtMs: 1_763_816_400_000,
  tookMs: 2512,
  ok: true,
  itemCount: 1_000_000,
  headCount: 41,
  redactedCount: 3,
  verifierKey: logSigner.verifierKey,
};
const rotten = {
  checkedAtMs: 1_763_816_400_000,
  tookMs: 90,
  ok: false,
  table: 'evidence',
  row: '41',
  problem: 'its leaf is not the hash that the tree holds',
  verifierKey: logSigner.verifierKey,
};

describe('ai-assurance fsck', () => {
  it('asks the server to check, and tells that all is clean', async () => {
    const { code, out, err, server } = await fsck([says(clean)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').slice(0, 2)).toEqual([
      'CLEAN: 1,000,000 items, of which 3 redacted, 41 signed heads, derived again from the stored bytes in 2.5 s.',
      `The server signs with ${logSigner.verifierKey}`,
    ]);
    expect(server.received).toEqual([
      {
        path: 'POST /api/ai-assurance/ledger/check',
        authorization: 'Bearer secret-token',
        contentType: 'application/json',
        body: '{}',
      },
    ]);
  });

  it('names the first wrong row, and ends with 1', async () => {
    const { code, out } = await fsck([says(rotten)]);
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 5)).toEqual([
      'NOT CLEAN: the stored bytes do not give what the ledger says.',
      '  Table    evidence',
      '  Row      41',
      '  Problem  its leaf is not the hash that the tree holds',
      '  It is the first wrong row. Keep the database as it is, and compare it with a backup and with published heads.',
    ]);
  });

  it('compares the key that you trust with the one the server signs with', async () => {
    const same = await fsck([says(clean)], '--key', logSigner.verifierKey);
    expect(same.code).toBe(0);
    expect(same.out).toContain('The server signs with the key you gave.');

    const fingerprint = (key: string) => fingerprintOf(parseVerifierKey(key));
    const known = fingerprint(logSigner.verifierKey);
    const byFingerprint = await fsck([says(clean)], '--key', known);
    expect(byFingerprint.code).toBe(0);
    expect(byFingerprint.out).toContain(
      'The server signs with the key you gave.',
    );
    const strange = fingerprint(strangerSigner.verifierKey);
    expect((await fsck([says(clean)], '--key', strange)).code).toBe(1);
    const noKey = { ...clean, verifierKey: 'no key' };
    expect((await fsck([says(noKey)], '--key', known)).code).toBe(1);

    const other = await fsck(
      [says(clean)],
      '--key',
      strangerSigner.verifierKey,
    );
    expect(other.code).toBe(1);
    expect(other.out).toContain(
      `NOT YOUR KEY: The server signs with ${logSigner.verifierKey}, and you trust ${strangerSigner.verifierKey}.`,
    );

    const { verifierKey: _none, ...keyless } = clean;
    const unnamed = await fsck([says(keyless)], '--key', logSigner.verifierKey);
    expect(unnamed.code).toBe(1);
    expect(unnamed.out).toContain(
      'NOT YOUR KEY: The server names no key, so that yours could not be compared.',
    );
  });

  it('writes the finding as JSON, in which another key is no success', async () => {
    const good = await fsck([says(clean)], '--json');
    expect(JSON.parse(good.out)).toEqual(clean);
    const other = await fsck(
      [says(clean)],
      '--json',
      '--key',
      strangerSigner.verifierKey,
    );
    expect(other.code).toBe(1);
    expect(JSON.parse(other.out)).toEqual({
      ...clean,
      ok: false,
      keyProblem: `The server signs with ${logSigner.verifierKey}, and you trust ${strangerSigner.verifierKey}`,
    });
  });

  it('tries again while the server is away', async () => {
    const { code, waitsMs, server } = await fsck([
      says({}, 503),
      response => response.socket!.resetAndDestroy(),
      says(clean),
    ]);
    expect({ code, waitsMs }).toEqual({ code: 0, waitsMs: [250, 500] });
    expect(server.received.length).toBe(3);
  });

  it.each<[string, Misbehaviour[], string]>([
    [
      'the caller may not',
      [
        says(
          {
            error: {
              message: 'You need the permission ai-assurance.ledger.check',
            },
          },
          403,
        ),
      ],
      'Nothing was checked. You need the permission ai-assurance.ledger.check\n',
    ],
    [
      'it is another server',
      [says({}, 404)],
      'Nothing was checked. There is no AI Assurance at URL/api/ai-assurance (404). Give the base address of the Backstage backend as --server\n',
    ],
    [
      'the answer is none',
      [says({ ok: 'yes' })],
      'Nothing was checked. What answers at URL/api/ai-assurance is not AI Assurance, or a newer one: its answer cannot be read\n',
    ],
    [
      'the server never answers',
      Array(3).fill(() => {}),
      'no answer within 1 s: trying again in 0.3 s\nno answer within 1 s: trying again in 0.5 s\nNothing was checked. No answer from URL/api/ai-assurance: no answer within 1 s\n',
    ],
  ])('says that nothing was checked when %s', async (_, bad, words) => {
    const { code, out, err, server } = await fsck(bad, '--timeout', '1');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(words.replace('URL', server.url));
  });

  it('sends nothing without a token', async () => {
    const server = await serverWith(says(clean));
    expect(await shellIn({ env: {} }, 'fsck', '--server', server.url)).toEqual({
      code: 2,
      out: '',
      err: 'No token: set AI_ASSURANCE_TOKEN or give --token-file\n',
      waitsMs: [],
    });
    expect(server.received).toEqual([]);
  });

  it('shows nothing of a stranger’s text that would move the cursor', async () => {
    const { out } = await fsck([
      says({ ...rotten, problem: 'a\u001b[2Jb\u202ec' }),
    ]);
    expect(out).toContain('  Problem  a\ufffd[2Jb\ufffdc\n');
  });
});
