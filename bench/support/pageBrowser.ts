import { chromium, Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

// eslint-disable-next-line no-restricted-syntax
const root = resolve(__dirname, '../..');
const dist = join(root, 'packages/app/dist');
const runs = Number(process.env.BENCH_PAGE_RUNS ?? 5);
const patienceMs = 180_000;
/** The pages may have to be built first. */
const startPatienceMs = 480_000;

/** Milliseconds of each run. */
export interface PageTimes {
  sentenceCold: number[];
  sentenceWarm: number[];
  rowsCold: number[];
  rowsWarm: number[];
  /** JavaScript that only our tab loads, gzip bytes by file. */
  chunks: { file: string; bytes: number }[];
  /** What index.html names, gzip bytes. */
  initialBytes: number;
}

function freePort(): Promise<number> {
  return new Promise(done => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}

const gzipBytes = (file: string) =>
  gzipSync(readFileSync(join(dist, file)), { level: 6 }).length;

/** Every script and style that index.html names. */
function initialBytes(): number {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const files = [
    ...html.matchAll(/(?:src|href)="[^"]*?\/(static\/[^"]+?\.(?:js|css))"/g),
  ];
  return [...new Set(files.map(match => match[1]))].reduce(
    (sum, file) => sum + gzipBytes(file),
    0,
  );
}

const sentence = (page: Page) =>
  page.getByRole('main').getByRole('status').first();
const row = (page: Page) => page.getByRole('row').nth(1);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Starts the demo portal with its built pages and without the model that reports to it, and measures it in Chromium. */
export async function measurePages(): Promise<PageTimes> {
  // The one finder of a browser; the gate uses it too.
  // eslint-disable-next-line @backstage/no-relative-monorepo-imports
  const { ensureChromium } = require('../../scripts/lib/chromium.mjs');
  // Before the portal, which nobody would end if there were no browser.
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-page-'));
  const portal = spawn(
    process.execPath,
    [
      'scripts/start.mjs',
      ...['--no-demo', '--fresh', '--port', String(port)],
      ...['--data-dir', directory],
    ],
    { cwd: root, stdio: ['ignore', process.stderr, process.stderr] },
  );
  const base = `http://localhost:${port}`;
  try {
    const deadline = performance.now() + startPatienceMs;
    for (;;) {
      const ready = await fetch(`${base}/.backstage/health/v1/readiness`).catch(
        () => undefined,
      );
      if (ready?.ok) break;
      if (performance.now() > deadline) throw new Error('No portal came up');
      await new Promise(done => {
        setTimeout(done, 500);
      });
    }
    const service = `${base}/catalog/default/component/digit-api/assurance`;
    const catalog = `${base}/catalog?filters%5Bkind%5D=component&filters%5Buser%5D=all`;
    const times: PageTimes = {
      sentenceCold: [],
      sentenceWarm: [],
      rowsCold: [],
      rowsWarm: [],
      chunks: [],
      initialBytes: initialBytes(),
    };
    /** A browser that knows nothing yet, from the address to what is waited for, and the same page again. */
    const visit = async (
      url: string,
      wanted: (page: Page) => ReturnType<Page['getByRole']>,
      into?: { cold: number[]; warm: number[] },
    ) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const scripts = new Set<string>();
      page.on('response', response => {
        if (response.url().endsWith('.js')) scripts.add(response.url());
      });
      const seen = () => wanted(page).waitFor({ timeout: patienceMs });
      const cold = await timed(async () => {
        await page.goto(url, { waitUntil: 'commit' });
        await page
          .getByRole('button', { name: /Sign in as Ken/ })
          .click({ timeout: patienceMs });
        await seen();
      });
      const warm = await timed(async () => {
        await page.reload({ waitUntil: 'commit' });
        await seen();
      });
      into?.cold.push(cold);
      into?.warm.push(warm);
      process.stderr.write(
        `  ${url.slice(base.length)}: ${Math.round(cold)} ms cold, ${Math.round(
          warm,
        )} ms warm\n`,
      );
      await context.close();
      return scripts;
    };
    // Until the catalog has read its files there is neither a row nor a page.
    await visit(catalog, row);
    await visit(service, sentence);
    for (let run = 0; run < runs; run += 1) {
      await visit(catalog, row, {
        cold: times.rowsCold,
        warm: times.rowsWarm,
      });
      await visit(service, sentence, {
        cold: times.sentenceCold,
        warm: times.sentenceWarm,
      });
    }
    const overview = await visit(
      `${base}/catalog/default/component/digit-api`,
      page => page.getByRole('heading', { name: 'Digit API' }).first(),
    );
    const tab = await visit(service, page =>
      page.getByRole('region', { name: 'Signals' }).first(),
    );
    const known = new Set(readdirSync(join(dist, 'static')));
    times.chunks = [...tab]
      .filter(url => !overview.has(url))
      .map(url => url.slice(url.lastIndexOf('/') + 1))
      .filter(file => known.has(file))
      .map(file => ({ file, bytes: gzipBytes(`static/${file}`) }));
    return times;
  } finally {
    await browser.close();
    portal.kill('SIGTERM');
    await new Promise(done => {
      portal.once('exit', done);
    });
    rmSync(directory, { recursive: true, force: true });
  }
}
