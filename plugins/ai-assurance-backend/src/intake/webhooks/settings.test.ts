import Router from 'express-promise-router';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { openTestIntake } from '../__testUtils__/openTestIntake';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const secret = 'a secret of the senders';

describe('the configuration of webhooks', () => {
  const databases = createTestDatabases();
  const good = { name: 'pager', type: 'pagerduty', secret };

  it.each<[string, object[], RegExp]>([
    ['a name with a slash', [{ ...good, name: 'a/b' }], /webhooks\[0\]\.name/],
    ['the same name twice', [good, good], /two webhooks named pager/],
    [
      'an unknown type',
      [{ ...good, type: 'telepathy' }],
      /webhooks\[0\]\.type: "telepathy" is none of pagerduty, cdevents, github, hmac/,
    ],
    [
      'a short secret',
      [{ ...good, secret: ['short'] }],
      /webhooks\[0\]\.secret: a secret is a text of 16 characters or more$/,
    ],
    ['no secret', [{ ...good, secret: [] }], /secret: there is none/],
    [
      'a sender of evidence without subjects',
      [{ ...good, type: 'hmac' }],
      /webhooks\[0\]\.subjects: name the subjects/,
    ],
  ])('is refused with %s', async (_what, list, message) => {
    await expect(
      openTestIntake(await databases.init('SQLITE_3'), {
        intake: { webhooks: list },
      }),
    ).rejects.toThrow(message);
  });

  it('may be left out: then there is no path that takes anything', async () => {
    const { room } = await openTestIntake(await databases.init('SQLITE_3'));
    expect(room.registerWebhooks(Router())).toBe(undefined);
  });
});
