import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { verifyPack } from '@ai-assurance/evidence';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { createLedger } from '../ledger';
import {
  artifactDrafts,
  newKeyPem,
  testKey,
} from '../ledger/__testUtils__/openTestLedger';
import { openTestAudit, period } from './__testUtils__/openTestAudit';
import { unzip } from './__testUtils__/unzip';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('audit packs of a ledger that was redacted, or changed its key,', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const directory = createMockDirectory();
  const folder = () => join(directory.path, 'packs');
  const start = async (id: (typeof each)[number][0]) =>
    openTestAudit(await databases.init(id), folder());

  beforeEach(() => directory.clear());

  it.each(each)(
    'bring the evidence of what was redacted, whenever that was, %p',
    async id => {
      const { append, create, room, clock } = await start(id);
      await append(artifactDrafts(0, 5));
      clock.advance(86_400_000);
      await room.redaction.service.request(
        '3',
        { reasonCode: 'personal-data', reason: 'A name in it.' },
        { ref: 'user:default/ada', isUser: true },
      );
      const created = await create(period);
      expect(created.body.itemCount).toBe(6);
      const files = await unzip(readFileSync(join(folder(), 'pack_1.zip')));
      const report = await verifyPack(files, {
        expectedVerifierKey: room.verifierKey,
      });
      expect([report.ok, report.notices, report.steps[5].detail]).toEqual([
        true,
        undefined,
        '6 items, of which 1 redacted (1 with the evidence of it)',
      ]);
      const lines = files
        .text('evidence.ndjson')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(lines.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
      const { payload, salt, redaction } = lines[3];
      expect({ payload, salt, redaction }).toEqual({
        payload: null,
        salt: null,
        redaction: { position: 5 },
      });
      expect(lines[5].leaf).toContain('io.ai-assurance.redaction.v1');
    },
  );

  it.each(each)(
    'are verified across a change of the key by who trusts the old one, %p',
    async id => {
      const { append, create, room, deps, restartAudit } = await start(id);
      await append(artifactDrafts(0, 3));
      const next = await createLedger({
        ...deps,
        config: new ConfigReader({
          aiAssurance: {
            ledger: {
              signingKey: newKeyPem(),
              previousSigningKey: testKey,
            },
          },
        }),
      });
      // The replica that still holds the old key makes no pack any more.
      const refused = await create(period);
      expect([refused.status, refused.body.error.code]).toEqual([
        409,
        'SIGNING_KEY_ROTATED',
      ]);
      expect((await restartAudit(next)(period)).status).toBe(201);
      const name = readdirSync(folder()).find(file => file.endsWith('.zip'))!;
      const files = await unzip(readFileSync(join(folder(), name)));
      expect(files.names).toContain('key-history.json');
      for (const expectedVerifierKey of [room.verifierKey, next.verifierKey])
        expect((await verifyPack(files, { expectedVerifierKey })).ok).toBe(
          true,
        );
    },
  );
});
