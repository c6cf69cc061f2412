import { expect, test } from '@playwright/test';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  api,
  eventually,
  picture,
  root,
  signInAs,
  tokenOf,
} from '../support/portal';

const exec = promisify(execFile);
const minute = 60_000;
const edgeModel = '/catalog/default/resource/digit-reader-edge/assurance';
const service = '/catalog/default/component/digit-api/assurance';
const cohort = '/catalog/default/resource/flagship-phones/assurance';

test.describe.configure({ mode: 'serial' });

test('1. the catalog holds typed subjects with their relations, and names the field of a bad file', async ({
  page,
  request,
}) => {
  const token = await tokenOf(request, 'Ken');
  const headers = { authorization: `Bearer ${token}` };
  const entity = await eventually(
    'The edge model in the catalog',
    async () =>
      (
        await request.get(
          '/api/catalog/entities/by-name/resource/default/digit-reader-edge',
          { headers },
        )
      ).json(),
    found =>
      found.relations?.some(
        (r: { type: string }) => r.type === 'targetsCohort',
      ),
    2 * minute,
  );
  expect(
    entity.relations
      .filter((r: { type: string }) => r.type === 'targetsCohort')
      .map((r: { targetRef: string }) => r.targetRef),
  ).toEqual([
    'resource:default/flagship-phones',
    'resource:default/low-end-phones',
    'resource:default/mid-range-phones',
  ]);

  const bad = await request.post('/api/catalog/validate-entity', {
    headers,
    data: {
      location: 'url:http://example.com/catalog-info.yaml',
      entity: {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name: 'wrong-tier' },
        spec: {
          type: 'ai-service',
          lifecycle: 'production',
          owner: 'group:default/vision-team',
          tier: 9,
          riskTier: 'limited',
          usesModels: [],
        },
      },
    },
  });
  expect(bad.status()).toBe(400);
  expect(await bad.text()).toContain('/spec/tier');

  await signInAs(page, 'Ken', '/catalog/default/resource/digit-reader-edge');
  await expect(
    page.getByRole('heading', { name: 'AI assurance' }),
  ).toBeVisible();
});

test('2. telemetry of the real model arrives and shows as live numbers', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  const count = async () => {
    const answer = await (
      await request.get(
        `${api}/subjects/component/default/digit-api/service/signals`,
        { headers },
      )
    ).json();
    return (answer.segments ?? []).reduce(
      (sum: number, row: { count: number }) => sum + row.count,
      0,
    );
  };
  const first = await eventually(
    'A first request',
    count,
    n => n > 0,
    4 * minute,
  );
  await eventually('More requests', count, n => n > first, minute);

  await signInAs(page, 'Ken', service);
  const segments = page.getByRole('region', { name: 'Where it hurts' }).last();
  await expect(segments.getByRole('row').nth(1)).toContainText(
    /\d+(\.\d+)? ms/,
  );
});

test('3. the objective of the service is judged with budget and burn rate', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  await eventually(
    'An objective with counted requests',
    async () =>
      (
        await request.get(
          `${api}/subjects/component/default/digit-api/service`,
          { headers },
        )
      ).json(),
    answer =>
      answer.objectives?.[0]?.totalCount > 0 &&
      answer.objectives[0].verdict.status !== 'inconclusive',
    4 * minute,
  );
  await signInAs(page, 'Ken', service);
  const objectives = page.getByRole('region', { name: 'Objectives' });
  await expect(objectives).toContainText(/% of [\d,]+ within \d+ ms/);
  await expect(objectives).toContainText(/error budget/);
  await expect(objectives).toContainText(/burning [\d.]+×/);
  await picture(page, 'service-light');
});

test('4. drift is judged once an approver has approved a reference, and not before', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ada')}` };
  const model = async () =>
    (
      await request.get(
        `${api}/subjects/resource/default/digit-reader-edge/model`,
        { headers },
      )
    ).json();
  type Judged = { currentCount: number; verdict: { status: string } };
  const { drift } = await eventually(
    'Enough outputs for a reference',
    model,
    answer =>
      answer.drift?.length > 0 &&
      answer.drift.every((one: Judged) => one.currentCount >= 400),
    5 * minute,
  );
  const features: string[] = drift.map(
    (one: { feature: string }) => one.feature,
  );
  expect(features.sort()).toEqual([
    'input.brightness',
    'output.class',
    'output.confidence',
  ]);
  for (const { verdict } of (await model()).drift)
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'no-data',
    });

  const approveOf = (feature: string) =>
    page
      .getByRole('group', { name: feature })
      .getByRole('button', { name: 'Approve a reference' });
  await signInAs(page, 'Mira', edgeModel);
  for (const feature of features)
    await expect(approveOf(feature)).toBeDisabled();
  await expect(
    page.getByText('Only approvers may approve a reference window.').first(),
  ).toBeVisible();

  await signInAs(page, 'Ada', edgeModel);
  for (const feature of features) {
    await approveOf(feature).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /Stretch of outputs/ }).click();
    await page.getByRole('option', { name: 'The last 2 minutes' }).click();
    await dialog
      .getByRole('textbox', { name: /Why are these outputs normal/ })
      .fill('Clean digits on all three classes of device.');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  await eventually(
    'A drift verdict of pass',
    model,
    answer =>
      answer.drift.every((one: Judged) => one.verdict.status === 'pass'),
    4 * minute,
  );
  await page.reload();
  await expect(page.getByRole('region', { name: 'Drift' })).toContainText(
    /PSI (now )?0\.\d{3}/,
  );
});

test('5. adoption by cohort and version comes from telemetry', async ({
  page,
}) => {
  await signInAs(page, 'Ken', edgeModel);
  const adoption = page.getByRole('region', { name: 'Adoption' }).first();
  await expect(adoption).toContainText('Flagship phones');
  await expect(adoption).toContainText('Low-end phones');
  await expect(adoption).toContainText(/\d+(\.\d)? % of \d+/);
  await picture(page, 'edge-model-light');

  await signInAs(page, 'Ken', cohort);
  await expect(page.getByRole('status').first()).toContainText(
    /runs [\d.]+ % of [\d,]+ sessions/,
  );
  await picture(page, 'cohort-light');
});

test('6. a release is proposed by its owner and approved by others', async ({
  page,
}) => {
  await signInAs(page, 'Ken', edgeModel);
  await expect(
    page.getByRole('button', { name: 'Propose a release' }),
  ).toBeDisabled();

  await signInAs(page, 'Mira', edgeModel);
  await page.getByRole('button', { name: 'Propose a release' }).click();
  const proposal = page.getByRole('dialog');
  await proposal.getByRole('button', { name: /Version/ }).click();
  await page.getByRole('option', { name: /^2 / }).click();
  await proposal
    .getByRole('textbox', { name: /Why should it go live/ })
    .fill('Quarter of the size, the same accuracy within its interval.');
  await proposal.getByRole('button', { name: 'Propose', exact: true }).click();
  await expect(proposal).toBeHidden();

  await page.goto('/ai-assurance/releases');
  await page
    .getByRole('button', { name: /Digit reader for phones/ })
    .first()
    .click();
  await expect(
    page.getByRole('button', { name: 'Approve', exact: true }),
  ).toBeDisabled();
  await expect(
    page.getByRole('region', { name: 'Required evidence' }).first(),
  ).toBeVisible();
  const release = new URL(page.url());

  let approvers = 0;
  for (const person of ['Ada', 'Tomas'] as const) {
    await signInAs(page, person, release.pathname + release.search);
    await expect(
      page.getByRole('region', { name: 'Votes' }).first(),
    ).toBeVisible();
    const approve = page.getByRole('button', { name: 'Approve', exact: true });
    if ((await approve.count()) === 0) break;
    await approve.click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByRole('textbox')
      .fill(`${person} read the evidence and agrees.`);
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(dialog).toBeHidden();
    approvers += 1;
  }
  // The model is of the high risk tier: two different people.
  expect(approvers).toBe(2);
  await expect(page.getByRole('status').first()).toContainText(/is approved/);
  await picture(page, 'release-light');
});

test('7. the decision is evidence that the browser itself verifies', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Iris')}` };
  const { items } = await (
    await request.get(
      `${api}/evidence?type=io.ai-assurance.approval-decision.v1`,
      { headers },
    )
  ).json();
  const decision = await (
    await request.get(`${api}/evidence/${items[0].evidenceId}`, { headers })
  ).json();
  expect(decision.item.data.payload).toMatchObject({
    decision: 'approved',
    version: '2',
  });
  const head = await (
    await request.get(`${api}/ledger/head`, { headers })
  ).text();
  expect(head).toMatch(/^localhost\/ai-assurance-demo\n\d+\n/);

  await signInAs(
    page,
    'Iris',
    `/ai-assurance/evidence?item=${items[0].evidenceId}`,
  );
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await expect(
    page.getByText(
      /^Verified here: this item stands at position \d+ of a signed log with \d+ items/,
    ),
  ).toBeVisible();
  await picture(page, 'evidence-light');
});

test('8. the scorecard judges five checks over that evidence', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  const boards = async () =>
    (await request.get(`${api}/scorecards`, { headers })).json();
  const { scorecards } = await eventually(
    'A judged scorecard',
    boards,
    answer =>
      answer.scorecards[0].rows.some(
        (row: {
          subject: { entityRef: string };
          rollUp: { measuredCount: number };
        }) =>
          row.subject.entityRef === 'resource:default/digit-reader-edge' &&
          row.rollUp.measuredCount >= 4,
      ),
    2 * minute,
  );
  expect(scorecards[0].checks).toHaveLength(5);
  expect(scorecards[0].levels).toEqual(['bronze', 'silver', 'gold']);

  await signInAs(page, 'Ken', '/ai-assurance/scorecards');
  await expect(page.getByRole('table').first()).toContainText('Digit reader');
  await picture(page, 'scorecards-light');
  await page.goto('/ai-assurance/overview');
  await expect(page.getByRole('status').first()).toContainText(/subjects/);
  await picture(page, 'overview-light');
});

test('9. an audit pack proves itself offline, and any changed byte is named', async ({
  page,
  request,
}) => {
  await signInAs(page, 'Iris', '/ai-assurance/audit');
  await page
    .getByRole('button', { name: /Subject/ })
    .first()
    .click();
  await page.getByRole('option', { name: 'Digit reader for phones' }).click();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const download = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /^Download/ })
    .first()
    .click();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ai-assurance-walk-'));
  const file = path.join(folder, 'pack.zip');
  await (await download).saveAs(file);
  await picture(page, 'audit-light');

  const verify = (pack: string) =>
    exec(
      process.execPath,
      [
        path.join(root, 'node_modules/.bin/ai-assurance'),
        'verify',
        pack,
        '--json',
      ],
      { cwd: root },
    ).then(
      ({ stdout }) => JSON.parse(stdout),
      (error: { code: number; stdout: string }) => ({
        exitCode: error.code,
        ...JSON.parse(error.stdout),
      }),
    );
  expect((await verify(file)).ok).toBe(true);

  const bytes = fs.readFileSync(file);
  const places = [
    0,
    30,
    Math.floor(bytes.length / 3),
    Math.floor(bytes.length / 2),
    bytes.length - 10,
  ];
  for (const place of places) {
    const broken = Buffer.from(bytes);
    broken[place] = (broken[place] + 1) % 256;
    const brokenFile = path.join(folder, `broken-${place}.zip`);
    fs.writeFileSync(brokenFile, broken);
    const report = await verify(brokenFile);
    expect(report, `byte ${place}`).toMatchObject({ ok: false, exitCode: 1 });
    expect(report.failure.code, `byte ${place}`).toMatch(/^[A-Z_]+$/);
  }

  // Exporting is evidence too.
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Iris')}` };
  const { items } = await (
    await request.get(`${api}/evidence?type=io.ai-assurance.export.v1`, {
      headers,
    })
  ).json();
  expect(items).toHaveLength(1);
  fs.rmSync(folder, { recursive: true });
});

test('10. a stranger sees nothing, on pages and on the API', async ({
  page,
  request,
}) => {
  const sam = { authorization: `Bearer ${await tokenOf(request, 'Sam')}` };
  for (const where of [
    '/overview',
    '/scorecards',
    '/releases',
    '/evidence',
    '/ledger/head',
    '/audit/packs',
    '/subjects/component/default/digit-api/service',
  ]) {
    expect(
      (await request.get(api + where, { headers: sam })).status(),
      where,
    ).toBe(403);
    expect((await request.get(api + where)).status(), where).toBe(401);
  }
  await signInAs(page, 'Sam', '/ai-assurance/overview');
  await expect(page.getByRole('alert')).toContainText(
    'ai-assurance.assurance.read',
  );
});

test('11. the same pages serve the dark theme and a narrow screen', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await signInAs(page, 'Ken', service);
  await expect(page.getByRole('region', { name: 'Objectives' })).toBeVisible();
  await expect(page.locator('body')).toHaveAttribute('data-theme-mode', 'dark');
  await picture(page, 'service-dark');
  await page.goto('/ai-assurance/overview');
  await expect(page.getByRole('status').first()).toBeVisible();
  await picture(page, 'overview-dark');

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(service);
  await expect(page.getByRole('region', { name: 'Objectives' })).toBeVisible();
  // Nothing may push the page wider than the screen; tables scroll inside themselves.
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth),
  ).toBeLessThanOrEqual(390);
  await picture(page, 'service-phone');
});

test('12. dimmed digits turn the drift verdict to fail on the page by themselves, and clean ones turn it back', async ({
  page,
}) => {
  const scenario = (name: string) =>
    fs.writeFileSync(path.join(root, '.cache/e2e-demo/scenario'), `${name}\n`);
  await signInAs(page, 'Ken', edgeModel);
  const drift = page.getByRole('region', { name: 'Drift' });
  await expect(drift.getByText('Pass', { exact: true }).first()).toBeVisible({
    timeout: 3 * minute,
  });
  scenario('dim');
  // No reload: the open page must come to know by itself.
  await expect(drift.getByText('Fail', { exact: true }).first()).toBeVisible({
    timeout: 6 * minute,
  });
  await picture(page, 'drift-fail-light');
  scenario('clean');
  await expect(drift.getByText('Fail', { exact: true })).toHaveCount(0, {
    timeout: 6 * minute,
  });
  // On the way back the newest window still holds some dimmed digits: it may warn for a while.
  await expect(drift.getByText('Pass', { exact: true })).toHaveCount(3, {
    timeout: 4 * minute,
  });
});
