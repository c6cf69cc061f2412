import { expect, Page, test } from '@playwright/test';
import fs from 'node:fs';
import path from 'node:path';
import {
  api,
  dataDir,
  eventually,
  picture,
  Person,
  signInAs,
  tokenOf,
} from '../support/portal';

const minute = 60_000;
const service = '/catalog/default/component/digit-api/assurance?range=15';
const serviceApi = `${api}/subjects/component/default/digit-api/service`;

/** What the running example lives through. */
const scenario = (name: string) =>
  fs.writeFileSync(path.join(dataDir, 'scenario'), `${name}\n`);

/** Opens the page as somebody, and waits until it stands: on a machine that is busy elsewhere that takes its time. */
async function openAs(page: Page, person: Person, to = service) {
  await signInAs(page, person, to);
  await expect(page.getByRole('button', { name: 'Roll back' })).toBeVisible({
    timeout: 2 * minute,
  });
}

test.describe.configure({ mode: 'serial' });

test.afterAll(() => scenario('clean'));

let switchedAtMs = 0;

test('1. the service page is healthy while the first version serves', async ({
  page,
  request,
}) => {
  scenario('clean');
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  await eventually(
    'A healthy service with enough requests for a verdict',
    async () => (await request.get(serviceApi, { headers })).json(),
    answer =>
      answer.objectives?.[0]?.verdict.status === 'pass' &&
      answer.objectives[0].totalCount > 300,
    8 * minute,
  );
  await openAs(page, 'Ken');
  await expect(page.getByRole('status').first()).toContainText(
    /^(Healthy|Objectives are met)/,
  );
});

test('2. a slower version takes all traffic, and the page says so within two minutes, and after which change', async ({
  page,
  request,
}) => {
  await openAs(page, 'Ken');
  await expect(page.getByRole('status').first()).toContainText(
    /^(Healthy|Objectives are met)/,
  );
  scenario('new-version');
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  const { events } = await eventually(
    'The deployment of version 3 as evidence',
    async () =>
      (await request.get(`${serviceApi}/signals`, { headers })).json(),
    answer =>
      (answer.events ?? []).some((event: { title: string }) =>
        event.title.startsWith('Deployment of version 3'),
      ),
    minute,
  );
  switchedAtMs = events.find((event: { title: string }) =>
    event.title.startsWith('Deployment of version 3'),
  ).atMs;

  // No reload: the open page must come to know by itself.
  const sentence = page.getByRole('status').first();
  await expect(sentence).toContainText(/^P95 latency burning [\d.]+× since/, {
    timeout: 2 * minute,
  });
  expect(Date.now() - switchedAtMs).toBeLessThan(2 * minute + 30_000);
  await expect(sentence).toContainText(
    /started (less than a minute|\d+ minutes?) after (version 3 reached 100 %|deployment of version 3)/,
    { timeout: minute },
  );
  await expect(
    page.getByRole('main').or(page.locator('body')).first(),
  ).toContainText('Severity');
});

test('3. charts and time line stand on one axis, and say when version 3 came', async ({
  page,
}) => {
  await openAs(page, 'Ken');
  const signals = page.getByRole('region', { name: 'Signals' });
  const latency = signals.getByRole('img', { name: /^Latency:/ });
  await expect(latency).toHaveAttribute(
    'aria-label',
    /Limit 150 ms; Version that served most: .*v1.*v3/,
    { timeout: 2 * minute },
  );
  const strip = signals.getByRole('list', { name: 'Deployments and versions' });
  const mark = strip.getByRole('link', { name: /^Deployment of version 3/ });
  await expect(mark).toBeVisible();
  // By keyboard: the mark says under the strip what it is.
  await mark.focus();
  await expect(signals).toContainText(/· Deployment of version 3 in demo done/);
  // The chart and the strip begin at the same place.
  const plot = await signals
    .locator('.recharts-cartesian-grid')
    .first()
    .boundingBox();
  const lane = await strip.boundingBox();
  expect(Math.abs(lane!.x + 64 - plot!.x)).toBeLessThanOrEqual(2);

  const hurts = page.getByRole('table', { name: 'Where it hurts' });
  await expect(hurts.getByRole('row').nth(1)).toContainText(/^3/);
  const changes = page.getByRole('table', { name: 'What changed, in words' });
  await expect(changes).toContainText('Version 3 reached 100 % of the traffic');
  await picture(page, 'on-call-light');

  await signals.getByRole('button', { name: 'Show as table' }).first().click();
  await expect(
    signals.getByRole('table', { name: 'Latency' }).getByRole('row').nth(1),
  ).toContainText(/\d+(\.\d+)? (ms|s)/);
});

test('4. a stranger to the fleet may not roll back, and is told why', async ({
  page,
  request,
}) => {
  await openAs(page, 'Ada');
  await expect(page.getByRole('button', { name: 'Roll back' })).toBeDisabled();
  await expect(
    page.getByText('Only fleet operators may order a rollback.'),
  ).toBeVisible();
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ada')}` };
  const refused = await request.post(
    `${api}/subjects/component/default/digit-api/rollback`,
    {
      headers,
      data: {
        fromVersion: '3',
        toVersion: '1',
        reason: 'Trying it',
        requestId: 'req_ada',
      },
    },
  );
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain('ai-assurance.rollback.order');
});

test('5. the on-call engineer opens an incident and rolls back, and both are evidence', async ({
  page,
  request,
}) => {
  await openAs(page, 'Ken');
  await page.getByRole('button', { name: 'Open an incident' }).click();
  const opening = page.getByRole('dialog');
  await opening
    .getByRole('textbox', { name: /What is wrong/ })
    .fill('Answers take several times as long since version 3.');
  await opening.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(opening).toBeHidden();
  await expect(page.getByRole('table', { name: 'Incidents' })).toContainText(
    'Answers take several times as long since version 3.',
  );

  await page.getByRole('button', { name: 'Roll back' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(
    /Version 1 takes the [\d.]+ % of [\d,]+ requests that version 3 served in the last 5 min/,
  );
  await expect(dialog).toContainText(
    /The order goes to 127\.0\.0\.1:\d+, once, signed, under your name/,
  );
  await expect(
    dialog.getByRole('button', { name: 'Roll back now' }),
  ).toBeDisabled();
  await dialog
    .getByRole('textbox', { name: /Why/ })
    .fill('The latency objective burns since version 3.');
  await dialog.getByText('I have read what will happen').click();
  await picture(page, 'roll-back-light', 900);
  await dialog.getByRole('button', { name: 'Roll back now' }).click();
  await expect(dialog).toBeHidden();

  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  const { items } = await eventually(
    'The answer of the service as evidence',
    async () =>
      (
        await request.get(
          `${api}/evidence?type=io.ai-assurance.action-order.v1`,
          { headers },
        )
      ).json(),
    answer => answer.items?.length === 2,
    minute,
  );
  const told = await (
    await request.get(`${api}/evidence/${items[0].evidenceId}`, { headers })
  ).json();
  expect(told.item.data.payload).toMatchObject({
    state: 'done',
    fromVersion: '3',
    toVersion: '1',
    orderedBy: 'user:default/ken',
    answerStatus: 200,
  });
  await expect(
    page.getByRole('table', { name: 'What changed, in words' }),
  ).toContainText('Rollback from version 3 to 1 done', { timeout: minute });
});

test('6. the first version serves again, and the incident is resolved with how long it took', async ({
  page,
  request,
}) => {
  const headers = { authorization: `Bearer ${await tokenOf(request, 'Ken')}` };
  await eventually(
    'Traffic on version 1 again',
    async () =>
      (await request.get(`${serviceApi}/signals`, { headers })).json(),
    answer =>
      (answer.events ?? []).some(
        (event: { title: string; atMs: number }) =>
          event.title === 'Version 1 reached 100 % of the traffic' &&
          event.atMs > switchedAtMs,
      ),
    4 * minute,
  );
  await openAs(page, 'Ken');
  await page.getByRole('button', { name: 'Resolve' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByRole('textbox', { name: /What did you see/ })
    .fill('Version 1 answers within its limit.');
  await dialog.getByRole('button', { name: 'Resolve', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('table', { name: 'Incidents' })).toContainText(
    /Resolved.*(min|s)/,
  );
});

test('7. what was known then is still there, and changes nothing now', async ({
  page,
}) => {
  // A minute after the switch version 3 served, and nobody had rolled back yet.
  const then = new Date(switchedAtMs + minute).toISOString().slice(0, 19);
  await openAs(page, 'Iris', `${service}&asOf=${then}Z`);
  await expect(
    page.getByText(/You are looking at what was known on/),
  ).toBeVisible();
  const changes = page.getByRole('table', { name: 'What changed, in words' });
  await expect(changes).toContainText('Deployment of version 3 in demo done');
  await expect(changes).not.toContainText('Rollback from version 3');
  await expect(page.getByRole('button', { name: 'Roll back' })).toBeDisabled();
  const evidence = changes.getByRole('link', { name: /^Evidence/ }).first();
  await expect(evidence).toHaveAttribute('href', /asOf=/);
});

test('8. the page serves a phone and the dark theme', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  // Signed in on a wide screen, whose side bar says that it is done.
  await openAs(page, 'Ken');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(page.getByRole('region', { name: 'Signals' })).toBeVisible({
    timeout: minute,
  });
  // Nothing may push the page wider than the screen; tables scroll inside themselves.
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth),
  ).toBeLessThanOrEqual(390);
  await picture(page, 'on-call-phone', 900);
  await page.getByRole('button', { name: 'Open an incident' }).click();
  const box = await page.getByRole('dialog').boundingBox();
  expect(box!.x + box!.width).toBeLessThanOrEqual(390);
});
