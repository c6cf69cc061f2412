// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  createLedger,
  EvidenceDraft,
  LedgerRoom,
} from '../../plugins/ai-assurance-backend/src/ledger';
import {
  createOutbox,
  Db,
  openDatabase,
  systemChance,
  systemClock,
} from '../../plugins/ai-assurance-backend/src/platform';
import { mockServices } from '@backstage/backend-test-utils';
import { generateKeyPairSync } from 'node:crypto';
import { Knex } from 'knex';

/** A signing key as it is configured. */
export const newSigningKey = () =>
  generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

/** The real ledger room on a database, without the plugin around it. */
export async function openLedger(
  knex: Knex,
  signingKey: string = newSigningKey(),
): Promise<{ db: Db; room: LedgerRoom }> {
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const room = await createLedger({
    db,
    clock: systemClock,
    chance: systemChance,
    outbox: createOutbox(db, systemClock),
    config: mockServices.rootConfig({
      data: { aiAssurance: { ledger: { signingKey } } },
    }),
    logger: mockServices.rootLogger({ level: 'none' }),
  });
  return { db, room };
}

const collectedAt = '2026-11-22T13:00:00.000Z';
const collectedAtMs = Date.parse(collectedAt);

/** The number-th item of what a build pipeline would record. */
export function draftOf(number: number): EvidenceDraft {
  const digest = `sha256:${number.toString(16).padStart(64, '0')}`;
  return {
    type: 'io.ai-assurance.artifact.v1',
    source: 'https://ci.example.com/digit-reader',
    id: `build-${number}`,
    subject: 'resource:default/digit-reader-edge',
    timeMs: collectedAtMs + number,
    envelope: {
      sourceSystem: 'ci.example.com',
      asked: 'the files of the build',
      collector: { id: 'ci-step', version: '1.4.2' },
      subjectVersion: `1.${number}.0`,
      subjectDigest: digest,
      collectedAt,
    },
    payload: {
      version: `1.${number}.0`,
      digest,
      sizeBytes: 31_254,
      format: 'onnx',
      precision: 'int8',
    },
  } as EvidenceDraft;
}
