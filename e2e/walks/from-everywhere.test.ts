import { expect, test } from '@playwright/test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  api,
  commandLine,
  eventually,
  machineToken,
  picture,
  signInAs,
  tokenOf,
} from '../support/portal';

// Evidence: in from everywhere, kept, found again and provable. Runs after the first walk, on the same portal.

const minute = 60_000;
const model = 'resource:default/digit-reader';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ai-assurance-walk-'));

test.describe.configure({ mode: 'serial' });
test.afterAll(() => fs.rmSync(folder, { recursive: true }));

/** An evaluation as a pipeline pushes it. */
const evaluation = (id: string, subject = model, atMs = Date.now()) => ({
  specversion: '1.0',
  id,
  source: '/ci/digit-pipeline',
  type: 'io.ai-assurance.evaluation.v1',
  subject,
  time: new Date(atMs).toISOString(),
  datacontenttype: 'application/json',
  data: {
    envelope: {
      sourceSystem: 'ci.pipeline',
      sampleCount: 2000,
      collector: { id: 'ci.evaluate', version: '3' },
      subjectVersion: '7.1.0',
      collectedAt: new Date().toISOString(),
    },
    payload: {
      metric: 'accuracy',
      value: 0.957,
      unit: 'ratio',
      datasetId: 'mnist-held-out',
      datasetDigest: `sha256:${'5'.repeat(64)}`,
      successCount: 1914,
      totalCount: 2000,
      intervalLow: 0.947,
      intervalHigh: 0.965,
      intervalMethod: 'wilson',
      intervalLevelRatio: 0.95,
    },
  },
});

test('13. a pipeline pushes with the command line tool, and a repeat doubles nothing', async ({
  baseURL,
}) => {
  const file = path.join(folder, 'evaluations.ndjson');
  fs.writeFileSync(
    file,
    Array.from(
      { length: 1200 },
      (_, i) => `${JSON.stringify(evaluation(`nightly-0042-${i}`))}\n`,
    ).join(''),
  );
  const push = () =>
    commandLine(machineToken(), 'push', file, '--server', baseURL!, '--json');
  const summaryOf = (output: string) =>
    JSON.parse(output.trim().split('\n').pop()!);
  const first = await push();
  expect([first.code, summaryOf(first.stdout)]).toMatchObject([
    0,
    { acceptedCount: 1200, alreadyKnownCount: 0 },
  ]);
  const again = await push();
  expect([again.code, summaryOf(again.stdout)]).toMatchObject([
    0,
    { acceptedCount: 0, alreadyKnownCount: 1200 },
  ]);
});

test('14. a machine is kept to its subjects, and a stranger’s token opens nothing', async ({
  request,
}) => {
  const send = (token: string, item: object) =>
    request.post(`${api}/evidence`, {
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/cloudevents+json',
      },
      data: JSON.stringify(item),
    });
  const other = evaluation('other-1', 'resource:default/low-end-phones');
  expect((await send(machineToken(), other)).status()).toBe(403);
  expect((await send('nonsense', evaluation('other-2'))).status()).toBe(401);
  const sam = await tokenOf(request, 'Sam');
  expect((await send(sam, evaluation('other-3'))).status()).toBe(403);
});

test('15. what cannot be let in waits with its reason, is replayed once the cause is gone, or discarded as evidence', async ({
  page,
  request,
}) => {
  const token = machineToken();
  const lines = [
    // Half a minute further ahead than a clock may be.
    JSON.stringify(evaluation('hasty-1', model, Date.now() + 330_000)),
    '{"specversion":"1.0",',
    JSON.stringify(evaluation('on-time-1')),
  ];
  const answer = await request.post(`${api}/evidence`, {
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
    },
    data: Buffer.from(lines.join('\n')),
  });
  const outcomes = (await answer.text())
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(outcomes.map(one => one.outcome ?? one.summary)).toMatchObject([
    'quarantined',
    'quarantined',
    'accepted',
    { receivedCount: 3, acceptedCount: 1, quarantinedCount: 2 },
  ]);
  const [hasty, broken] = outcomes;

  await signInAs(
    page,
    'Noor',
    `/ai-assurance/quarantine?item=${broken.quarantineId}`,
  );
  await expect(page.getByRole('status').first()).toContainText('wait');
  const panel = page.getByRole('region', { name: /Quarantined item/ });
  await expect(panel.getByText('{"specversion":"1.0",')).toBeVisible();
  await picture(page, 'quarantine-light');
  await panel.getByRole('button', { name: 'Discard' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('A line that was cut off by hand');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(panel.getByText('Discarded', { exact: true })).toBeVisible();

  // The server's clock catches up; by then the item may have been tried again by itself.
  await page.goto(`/ai-assurance/quarantine?item=${hasty.quarantineId}`);
  const noor = { authorization: `Bearer ${await tokenOf(request, 'Noor')}` };
  const item = await eventually(
    'The replayed item',
    async () => {
      const replay = panel.getByRole('button', { name: 'Replay' });
      if (await replay.isVisible()) await replay.click();
      return (
        await request.get(`${api}/quarantine/${hasty.quarantineId}`, {
          headers: noor,
        })
      ).json();
    },
    found => found.state === 'replayed',
    3 * minute,
  );
  await expect(panel.getByText('Replayed', { exact: true })).toBeVisible();
  const evidence = await (
    await request.get(`${api}/evidence/${item.evidenceId}`, { headers: noor })
  ).json();
  expect(evidence.id).toBe('hasty-1');

  const { items } = await (
    await request.get(
      `${api}/evidence?type=io.ai-assurance.quarantine-discard.v1`,
      { headers: noor },
    )
  ).json();
  expect(items).toHaveLength(1);
});

test('16. the explorer finds an item by its words, proves it in the browser and hands out proof and event', async ({
  page,
}) => {
  await signInAs(page, 'Iris', '/ai-assurance/evidence');
  await page
    .getByRole('searchbox', { name: 'Words' })
    .fill('nightly-0042-1199');
  const table = page.getByRole('table').first();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/text=nightly-0042-1199/);
  await table.getByRole('row').nth(1).getByRole('button').first().click();

  const panel = page.getByRole('region', { name: /^Evidence \d+/ });
  await panel.getByRole('button', { name: 'Verify in this browser' }).click();
  await expect(panel.getByRole('status')).toContainText(
    /Verified here: this item stands/,
  );
  await picture(page, 'evidence-light');
  const download = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Download proof' }).click();
  const proof = path.join(folder, 'item.tlog-proof');
  await (await download).saveAs(proof);
  expect(fs.readFileSync(proof, 'utf8')).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
});

test('17. an erased payload is gone, who erased it is evidence, and every proof still holds', async ({
  page,
  request,
  baseURL,
}) => {
  const noor = await tokenOf(request, 'Noor');
  const headers = { authorization: `Bearer ${noor}` };
  const find = async () =>
    (
      await (
        await request.get(`${api}/evidence?text=nightly-0042-777`, { headers })
      ).json()
    ).items;
  const target = (await find()).find(
    (one: { id: string }) => one.id === 'nightly-0042-777',
  );

  await signInAs(
    page,
    'Mira',
    `/ai-assurance/evidence?item=${target.evidenceId}`,
  );
  const panel = page.getByRole('region', { name: /^Evidence \d+/ });
  await expect(panel.getByRole('button', { name: 'Erase …' })).toBeDisabled();

  await signInAs(
    page,
    'Noor',
    `/ai-assurance/evidence?item=${target.evidenceId}`,
  );
  await panel.getByRole('button', { name: 'Erase …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Holds what should not be kept');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(panel.getByText(/was erased for good/)).toBeVisible();
  await panel.getByRole('button', { name: 'Verify in this browser' }).click();
  await expect(panel.getByRole('status')).toContainText(
    /Verified here: this item stands/,
  );
  await picture(page, 'evidence-erased-light');

  const detail = await (
    await request.get(`${api}/evidence/${target.evidenceId}`, { headers })
  ).json();
  expect(detail).toMatchObject({
    redacted: true,
    redaction: { cause: 'request', redactedBy: 'user:default/noor' },
  });
  expect(JSON.stringify(detail)).not.toContain('mnist-held-out');

  const iris = await tokenOf(request, 'Iris');
  const fsck = await commandLine(iris, 'fsck', '--server', baseURL!, '--json');
  expect([fsck.code, JSON.parse(fsck.stdout)]).toMatchObject([0, { ok: true }]);
});

test('18. the pages show what was known at an earlier moment, and let nobody act there', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ada')}` };
  const { items } = await (
    await request.get(`${api}/evidence?limit=200&text=release`, { headers })
  ).json();
  const request1 = (
    await (
      await request.get(
        `${api}/evidence?type=io.ai-assurance.approval-request.v1`,
        { headers },
      )
    ).json()
  ).items.pop();
  expect(items.length).toBeGreaterThan(0);
  // Just after the release was proposed and before anybody voted.
  const asOf = new Date(request1.recordedAtMs + 1).toISOString();
  const releases = (
    await (
      await request.get(`${api}/releases?asOf=${asOf}`, { headers })
    ).json()
  ).releases;
  expect(
    releases.map((one: { state: string; votes: unknown[] }) => [
      one.state,
      one.votes.length,
    ]),
  ).toEqual([['in-review', 0]]);

  await signInAs(page, 'Ada', `/ai-assurance/releases?asOf=${asOf}`);
  await expect(
    page.getByText(/You are looking at what was known on/),
  ).toBeVisible();
  await picture(page, 'as-of-light');
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(page).not.toHaveURL(/asOf/);
});
