import { expect, Page, test } from '@playwright/test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  api,
  commandLine,
  eventually,
  machineToken,
  picture,
  root,
  signInAs,
  tokenOf,
} from '../support/portal';

// What drifted, what is watched, and what was evaluated. Runs after the first walk, which made the phones' digits dim for a
// while and had references approved; nothing here touches what the later walks judge.

const minute = 60_000;
const drift = '/catalog/default/resource/digit-reader-edge/drift';
const reader = 'resource:default/digit-reader';
const readerTab = '/catalog/default/resource/digit-reader/evaluations';
const phonesTab = '/catalog/default/resource/digit-reader-edge/evaluations';
const service = 'component:default/digit-api';
const serviceTab = '/catalog/default/component/digit-api/evaluations';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ai-assurance-walk-'));
const sample = (name: string) => path.join(root, 'examples/reports', name);

test.describe.configure({ mode: 'serial' });
test.afterAll(() => fs.rmSync(folder, { recursive: true }));

/** What Evidently writes with save_json(): rows, and how many of them were read rightly. */
const evidentlyReport = JSON.stringify({
  metrics: [
    {
      id: '0a',
      metric_name: 'RowCount()',
      config: { type: 'evidently:metric_v2:RowCount' },
      value: 2000.0,
    },
    {
      id: '0b',
      metric_name: 'Accuracy()',
      config: { type: 'evidently:metric_v2:Accuracy' },
      value: 0.912,
    },
  ],
  tests: [],
});

/** A line of garak that cannot be: more attempts withstood than made. */
const brokenGarakReport = `${JSON.stringify({
  entry_type: 'eval',
  probe: 'dan.Dan_11_0',
  detector: 'dan.DAN',
  passed: 6,
  total_evaluated: 5,
})}\n`;

const fileOf = (name: string, text: string) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};

/** Opens the dialog as the owner, with a format and a file chosen. */
async function openImport(page: Page, format: RegExp, file: string) {
  await page.getByRole('button', { name: 'Import a report' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /Format/ }).click();
  await page.getByRole('option', { name: format }).click();
  await dialog.getByLabel('File').setInputFiles(file);
  return dialog;
}

test('1. the heat map shows when the outputs drifted, and a cell opens both histograms with limit, n and what would be enough', async ({
  page,
}) => {
  await signInAs(page, 'Ken', drift);
  await expect(page.getByText(/^Watching 3 of 4 features/)).toBeVisible();
  const map = page.getByRole('region', {
    name: 'Verdicts by feature and time',
  });
  const failed = map.getByRole('button', { name: /^Confidence, .*: Fail, / });
  await failed.first().click();
  await expect(page).toHaveURL(/feature=output\.confidence&at=\d+/);
  await expect(page.getByText(/^At .* the value was .*: fail/)).toBeVisible();

  // By keyboard to what is judged now.
  await map
    .getByRole('button', { name: /^Confidence, / })
    .last()
    .focus();
  await page.keyboard.press('Enter');
  const cell = page.getByRole('region', { name: /^Confidence at/ });
  await expect(cell).toContainText(/PSI 0\.\d{3}/);
  await expect(cell).toContainText(/warn from 0\.\d{3}, fail from 0\.\d{3}/);
  await expect(cell).toContainText(
    /n = [\d,]+ against [\d,]+ in the reference/,
  );
  await expect(cell).toContainText(
    /[\d,]+ would be enough to tell a large shift from chance/,
  );
  await expect(cell.getByRole('img', { name: /Reference n = / })).toBeVisible();
  const statistics = cell.getByRole('table', { name: 'All statistics' });
  await expect(statistics).toContainText('Jensen-Shannon');
  await expect(statistics).toContainText('Wasserstein');
  await expect(cell.getByRole('table', { name: 'By cohort' })).toContainText(
    'Low-end phones',
  );
  await picture(page, 'drift-light');
});

test('2. the coverage page counts what is watched by risk tier, and names what is not', async ({
  page,
}) => {
  await signInAs(page, 'Ken', '/ai-assurance/drift');
  await expect(page.getByRole('status').first()).toContainText(
    /Watching \d+ of/,
  );
  const subjects = page.getByRole('table', { name: 'Coverage by subject' });
  const phones = subjects.getByRole('row', { name: /Digit reader for phones/ });
  await expect(phones).toContainText('75 % (3 / 4)');
  await expect(phones).toContainText('input.image (not monitored)');
  await expect(
    page.getByRole('table', { name: 'Coverage by risk tier' }),
  ).toContainText('high');
  await picture(page, 'coverage-light');
});

test('3. a pipeline imports reports of other tools, once however often it does', async ({
  request,
  baseURL,
}) => {
  const ofEvidently = fileOf('evidently.json', evidentlyReport);
  const run = async (format: string, file: string, ...more: string[]) => {
    const { code, stdout } = await commandLine(
      machineToken(),
      'import',
      format,
      file,
      '--server',
      baseURL!,
      '--json',
      ...more,
    );
    const { items = [], ...said } = JSON.parse(stdout);
    return {
      exitCode: code,
      outcomes: items.map((item: { outcome: string }) => item.outcome),
      ...said,
    };
  };
  const evidently = () =>
    run(
      'evidently',
      ofEvidently,
      '--subject',
      reader,
      '--subject-version',
      '4',
      '--dataset-id',
      'nightly-digits',
      '--dataset-digest',
      `sha256:${'6'.repeat(64)}`,
    );
  expect(await evidently()).toMatchObject({
    exitCode: 0,
    outcomes: ['accepted'],
  });
  expect(await evidently()).toMatchObject({
    exitCode: 0,
    outcomes: ['already-known'],
  });
  const garak = await run(
    'garak',
    sample('sample-garak-report-0.14.jsonl'),
    '--subject',
    service,
    '--subject-version',
    '2026-11',
  );
  expect(garak).toMatchObject({ exitCode: 0, outcomes: ['accepted'] });

  // All or nothing, and the place is named.
  expect(
    await run(
      'garak',
      fileOf('broken.jsonl', brokenGarakReport),
      '--subject',
      service,
    ),
  ).toMatchObject({
    exitCode: 1,
    code: 'BROKEN_REPORT',
    message: 'line 1: 6 passed of 5',
  });

  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  await eventually(
    'The imported evaluation among the versions',
    async () =>
      (
        await request.get(
          `${api}/subjects/resource/default/digit-reader/evaluations`,
          { headers },
        )
      ).json(),
    answer =>
      answer.results?.some((one: { version: string }) => one.version === '4') ??
      false,
    minute,
  );
});

test('4. versions stand side by side with their intervals, slices and where each number comes from', async ({
  page,
}) => {
  await signInAs(page, 'Ken', readerTab);
  const results = page.getByRole('table', { name: 'Versions side by side' });
  const accuracy = results.getByRole('row', { name: /^accuracy/ });
  await expect(accuracy.first()).toContainText(
    /91\.2 %, interval 89\.8\d* % to 92\.3\d* %/,
  );
  await expect(accuracy.first()).toContainText('n = 2,000, evidently');
  await expect(
    results.getByRole('row', { name: /digit-9/ }).first(),
  ).toContainText(/interval [\d.]+ % to [\d.]+ %/);
  // Where it comes from: the item in the ledger, with who read the report.
  await accuracy
    .first()
    .getByRole('link', { name: /^Evidence/ })
    .first()
    .click();
  await expect(page).toHaveURL(/ai-assurance\/evidence\?item=\d+/);
  const item = page.getByRole('region', { name: /^Evidence \d+/ });
  await expect(item).toContainText('nightly-digits');

  // The phones' two versions, on the very same digits.
  await signInAs(page, 'Ken', phonesTab);
  const pair = page.getByRole('table', {
    name: 'Better or worse, on the same items',
  });
  await expect(pair).toContainText('2 against 1');
  await expect(pair).toContainText('McNemar');
  await picture(page, 'evaluations-light');
});

test('5. a report is shown before it is recorded; a broken one is refused with its place', async ({
  page,
}) => {
  await signInAs(page, 'Ken', serviceTab);
  await expect(
    page.getByRole('button', { name: 'Import a report' }),
  ).toBeDisabled();

  await signInAs(page, 'Mira', serviceTab);
  // What the pipeline sent.
  await expect(
    page.getByRole('table', { name: 'Attacks that succeeded, by category' }),
  ).toContainText('promptinject');

  const dialog = await openImport(
    page,
    /garak/,
    fileOf('broken.jsonl', brokenGarakReport),
  );
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  const alert = dialog.getByRole('alert');
  await expect(alert).toContainText('line 1: 6 passed of 5');
  await expect(alert).toContainText('BROKEN_REPORT');
  await picture(page, 'import-refused-light', 900);

  await dialog.getByRole('button', { name: /Format/ }).click();
  await page.getByRole('option', { name: /^Plain evaluations/ }).click();
  await dialog
    .getByLabel('File')
    .setInputFiles(sample('sample-plain-assistant.json'));
  await dialog
    .getByRole('button', { name: 'Show what it would record' })
    .click();
  const outcome = dialog.getByRole('table', { name: 'Outcome' });
  await expect(outcome).toContainText('would be recorded');
  await picture(page, 'import-light', 900);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(
    outcome.getByRole('link', { name: /^Evidence/ }).first(),
  ).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();

  const refusals = page.getByRole('table', { name: 'Refusals' });
  await expect(refusals.getByRole('row').nth(1)).toContainText(
    '97.0 % of 400 right',
  );
  await expect(refusals.getByRole('row').nth(2)).toContainText(
    '2.3 % of 400 wrong',
  );
  await expect(page.getByRole('table', { name: 'Judges' })).toContainText(
    'refusal-judge',
  );
});
