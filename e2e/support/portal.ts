import { APIRequestContext, expect, Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

export const root = path.resolve(__dirname, '../..');
export const api = '/api/ai-assurance';

/** The people of the demo, by their first name. */
export type Person = 'Mira' | 'Ada' | 'Tomas' | 'Ken' | 'Iris' | 'Noor' | 'Sam';

/** Chooses who to be on the sign-in page. */
export async function signInAs(
  page: Page,
  person: Person,
  to = '/',
): Promise<void> {
  await page.goto('/');
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(to);
  await page
    .getByRole('button', { name: new RegExp(`Sign in as ${person}`) })
    // The first page of a browser that knows nothing yet, on a machine that is busy elsewhere.
    .click({ timeout: 120_000 });
  await expect(
    page.getByRole('link', { name: 'AI Assurance' }).first(),
  ).toBeVisible();
}

/** Asks until the answer satisfies `holds`; the page's own polling is not involved. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let value = await ask();
  while (!holds(value)) {
    if (Date.now() > deadline)
      throw new Error(
        `${what} did not come true in ${
          timeoutMs / 1000
        } s. Last seen: ${JSON.stringify(value).slice(0, 600)}`,
      );
    await new Promise(resolve => setTimeout(resolve, 2000));
    value = await ask();
  }
  return value;
}

/** The folder of the demo's data, as the configuration of the walks sets it. */
export const dataDir = path.join(root, '.cache/e2e-demo');

/** The token that the demo gave to the programs which report to it. */
export function machineToken(): string {
  return JSON.parse(fs.readFileSync(path.join(dataDir, 'secrets.json'), 'utf8'))
    .agentToken;
}

/** Runs the command line tool as a pipeline would: how it ended, and what it said. */
export const commandLine = (
  token: string,
  ...args: string[]
): Promise<{ code: number; stdout: string }> =>
  exec(
    process.execPath,
    [path.join(root, 'node_modules/.bin/ai-assurance'), ...args],
    { cwd: root, env: { ...process.env, AI_ASSURANCE_TOKEN: token } },
  ).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({
      code: error.code,
      stdout: error.stdout,
    }),
  );

/**
 * Keeps a picture for the documentation when `AI_ASSURANCE_PICTURES=1`; a check run changes no file. What is below
 * `heightLimit` is left out: a picture is there to be read, and stays small.
 */
export async function picture(
  page: Page,
  name: string,
  heightLimit = 1700,
): Promise<void> {
  if (process.env.AI_ASSURANCE_PICTURES !== '1') return;
  const size = page.viewportSize()!;
  const height = await page.evaluate(
    () => document.documentElement.scrollHeight,
  );
  // As tall as the page, so that what is fixed to the window stands where it does on a tall screen.
  await page.setViewportSize({
    ...size,
    height: Math.max(size.height, Math.min(height, heightLimit)),
  });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({
    path: path.join(root, 'docs/images', `${name}.png`),
  });
  await page.setViewportSize(size);
}

/** A Backstage token of a demo user, for questions that the pages do not ask. Waits for the catalog to know the user. */
export async function tokenOf(
  request: APIRequestContext,
  person: Person,
): Promise<string> {
  const answer = await eventually(
    `Signing in as ${person}`,
    async () => {
      const response = await request.get('/api/auth/demo/refresh', {
        headers: {
          'x-demo-user': `user:default/${person.toLowerCase()}`,
          'x-requested-with': 'XMLHttpRequest',
        },
      });
      return { status: response.status(), body: await response.json() };
    },
    ({ status }) => status === 200,
    60_000,
  );
  return answer.body.backstageIdentity.token;
}
