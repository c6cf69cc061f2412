/**
 * Seconds in which a ledger is derived again from its stored bytes, on both databases, beside hashing those bytes and
 * folding the tree alone: one thread, crypto.hash one-shot into a Buffer for each leaf, payload and node, from memory,
 * without a database. Also beside the quickest hashing there is, which hands over text, as the check does itself, for
 * orientation; the memory that it takes; and proofs checked by the library that runs in browsers.
 */
// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  emptyFrontier,
  frontierRoot,
  fromHex,
  growTree,
  Hasher,
  OpenedCheckpoint,
} from '@ai-assurance/evidence';
import { fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { LedgerReader } from '../../plugins/ai-assurance-backend/src/ledger/LedgerReader';
import { sha256 as sha256AsText } from '../../plugins/ai-assurance-backend/src/ledger/sha256';
import { BenchDatabase, Place, withDatabases } from '../support/databases';
import { boundFigure, Figure, medianOf, report } from '../support/figures';
import { draftOf, newSigningKey, openLedger } from '../support/ledger';
import { scale, scaled } from '../support/scale';

const runCount = 3;
const smaller = scaled(1_000_000);
const larger = scaled(3_000_000);
const itemsPerTransaction = 1_000;
const megabyte = 1024 * 1024;
/** What two runs of the same size may differ by. */
const equalWithin = 64;

const figures: Figure[] = [];
const sha256AsBuffer: Hasher = bytes => hash('sha256', bytes, 'buffer');

interface Checked {
  report: { ok: boolean; itemCount?: number };
  seconds: number;
  grownBytes: number;
}

function check(place: Place, key: string): Promise<Checked> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, '../support/checkServer.ts'), [], {
      execArgv: ['--require', '@backstage/cli/config/nodeTransform.cjs'],
      env: { ...process.env, ...place.env, BENCH_KEY: key },
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    });
    child.on('message', message => {
      const checked = message as Checked;
      if (checked.report) resolve(checked);
    });
    child.once('exit', code =>
      reject(new Error(`The check ended with code ${code} and no result`)),
    );
  });
}

async function grow(
  { db, room }: Awaited<ReturnType<typeof openLedger>>,
  from: number,
  to: number,
): Promise<void> {
  for (let at = from; at < to; at += itemsPerTransaction) {
    const drafts = Array.from(
      { length: Math.min(itemsPerTransaction, to - at) },
      (_, i) => draftOf(at + i),
    );
    await db.transaction(tx => room.ledger.append(tx, drafts));
  }
}

/** Hashes the leaf and the payload of each item, as they lie in memory, and folds the tree. */
function hashAndFold(
  items: [leaf: Buffer, payload: Buffer][],
  count: number,
  sha256: Hasher = sha256AsBuffer,
) {
  const tree = growTree(emptyFrontier, sha256);
  const startedAt = performance.now();
  for (let i = 0; i < count; i += 1) {
    const [leaf, payload] = items[i % items.length];
    sha256(payload);
    tree.append(sha256(leaf));
  }
  frontierRoot(tree.frontier(), sha256);
  return (performance.now() - startedAt) / 1000;
}

async function measure(database: BenchDatabase): Promise<void> {
  const place = await database.place();
  const key = newSigningKey();
  const knex = place.open();
  try {
    const ledger = await openLedger(knex, key);
    await grow(ledger, 0, smaller);
    const sample: [Buffer, Buffer][] = [];
    for await (const entry of ledger.room.answers.entries({
      subject: draftOf(0).subject,
      fromMs: 0,
      toMs: Number.MAX_SAFE_INTEGER,
      size: Math.min(smaller, 5_000),
    }))
      sample.push([
        Buffer.from(`\0${entry.leaf}`),
        Buffer.from(
          `ai-assurance-payload/v1\n${'s'.repeat(32)}${entry.payload}`,
        ),
      ]);

    const runs: Checked[] = [];
    const floorRuns: number[] = [];
    const quickestRuns: number[] = [];
    hashAndFold(sample, smaller);
    for (let i = 0; i < runCount; i += 1) {
      // By turns, so that a change of the machine's mood meets both.
      floorRuns.push(hashAndFold(sample, smaller));
      quickestRuns.push(hashAndFold(sample, smaller, sha256AsText));
      runs.push(await check(place, key));
    }
    const worked = runs.every(
      run => run.report.ok && run.report.itemCount === smaller,
    );
    const value = medianOf(runs.map(run => run.seconds));
    const ratio = value / medianOf(floorRuns);
    figures.push({
      name: `${database.name}: check of ${smaller} items`,
      value,
      unit: 's',
      ratio,
      against: 'hashing the same bytes in memory, and folding',
      goal: 'at most 2 of it',
      ok: worked && ratio <= 2,
    });
    figures.push({
      name: `${database.name}: that check, beside the quickest hashing`,
      value,
      unit: 's',
      ratio: value / medianOf(quickestRuns),
      against: 'the same, with hashes handed over as text',
      goal: null,
      ok: worked,
    });
    const grownMegabytes = medianOf(runs.map(run => run.grownBytes)) / megabyte;
    figures.push(
      boundFigure({
        name: `${database.name}: memory of that check`,
        unit: 'MB',
        value: grownMegabytes,
        atMost: 256,
        worked,
      }),
    );
    await measureProofs(database, ledger);

    await grow(ledger, smaller, larger);
    const large: Checked[] = [];
    for (let i = 0; i < runCount; i += 1) large.push(await check(place, key));
    const largeMegabytes =
      medianOf(large.map(run => run.grownBytes)) / megabyte;
    figures.push(
      boundFigure({
        name: `${database.name}: memory of a check of ${larger} items beyond that`,
        unit: 'MB',
        value: largeMegabytes - grownMegabytes,
        atMost: equalWithin,
        worked: large.every(
          run => run.report.ok && run.report.itemCount === larger,
        ),
      }),
    );
  } finally {
    await knex.destroy();
    await place.remove();
  }
}

/** Proofs of items all over the ledger, checked with the library's own hashes and signatures, as a browser does. */
async function measureProofs(
  database: BenchDatabase,
  { room }: Awaited<ReturnType<typeof openLedger>>,
): Promise<void> {
  const reader = room.answers as unknown as LedgerReader;
  const proofs: { proof: string; leafHash: Uint8Array }[] = [];
  let verifierKey = '';
  let checkpoint = '';
  const readSeconds: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    const position = Math.floor((i * smaller) / 200);
    const startedAt = performance.now();
    const detail = await reader.detail(String(position));
    readSeconds.push(performance.now() - startedAt);
    proofs.push({ proof: detail.proof, leafHash: fromHex(detail.leafHash)! });
    verifierKey = detail.verifierKey;
    checkpoint = detail.proof.slice(detail.proof.indexOf('\n\n') + 2);
  }
  const rates: number[] = [];
  for (let run = 0; run < runCount + 1; run += 1) {
    const opened = OpenedCheckpoint.open(checkpoint, verifierKey);
    const startedAt = performance.now();
    for (let round = 0; round < 25; round += 1)
      for (const { proof, leafHash } of proofs) opened.verify(proof, leafHash);
    const seconds = (performance.now() - startedAt) / 1000;
    // The first run warms up.
    if (run > 0) rates.push((25 * proofs.length) / seconds);
  }
  const value = medianOf(rates);
  figures.push({
    name: `${database.name}: proofs checked by the browser's library`,
    value,
    unit: 'proofs/s',
    ratio: null,
    against: null,
    goal: 'at least 5000 proofs/s under one opened head',
    ok: value >= 5_000,
  });
  figures.push(
    boundFigure({
      name: `${database.name}: an item with its proof, from the database`,
      unit: 'ms',
      value: medianOf(readSeconds),
      atMost: 20,
      worked: proofs.every(({ proof }) => proof.startsWith('c2sp.org/')),
    }),
  );
}

async function main() {
  await withDatabases(measure);
  if (scale !== 1)
    process.stderr.write(`Scaled by ${scale}: these figures mean nothing.\n`);
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
