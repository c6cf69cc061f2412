import { type Answer, NoAnswer } from './post';
import { askedWaitMs, sendWithRetries, waitMs } from './retries';

const nowMs = Date.parse('2026-11-22T13:00:00Z');

describe('waiting between attempts', () => {
  it('doubles from half a second to half a minute, less a random half', () => {
    const least = [1, 2, 3, 4, 5, 6, 7, 8, 20].map(n =>
      waitMs(n, undefined, 0),
    );
    expect(least).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ]);
    expect(waitMs(1, undefined, 0.5)).toBe(375);
    expect(waitMs(20, undefined, 0.999)).toBe(29_985);
  });

  it('is never shorter than the server asks for, and never longer than five minutes for it', () => {
    expect(waitMs(1, 7000, 0)).toBe(7000);
    expect(waitMs(1, 7000, 0.5)).toBe(7350);
    expect(waitMs(6, 7000, 0)).toBe(8000);
    expect(waitMs(1, 86_400_000, 0)).toBe(300_000);
  });

  it('reads what the server asks for as seconds or as a date', () => {
    expect(askedWaitMs('12', nowMs)).toBe(12_000);
    expect(askedWaitMs('Sun, 22 Nov 2026 13:00:09 GMT', nowMs)).toBe(9000);
    expect(askedWaitMs('Sun, 22 Nov 2026 12:00:00 GMT', nowMs)).toBe(0);
    expect(askedWaitMs('soon', nowMs)).toBe(undefined);
    expect(askedWaitMs(undefined, nowMs)).toBe(undefined);
  });
});

describe('sending again', () => {
  async function attempt(answers: (number | Error)[], attempts = 3) {
    const waits: [string, number][] = [];
    let sent = 0;
    const outcome = await sendWithRetries(
      async (): Promise<Answer> => {
        const next = answers[sent];
        sent += 1;
        if (next instanceof Error) throw next;
        return { status: next, retryAfter: undefined, text: '' };
      },
      { attempts, onWait: (why, ms) => waits.push([why, ms]) },
      { sleep: async () => {}, random: () => 0, nowMs: () => nowMs },
    ).then(
      answer => answer.status,
      error => error.message,
    );
    return { outcome, sent, waits };
  }

  it.each([408, 425, 429, 500, 502, 503, 504])(
    'helps against %d',
    async status => {
      expect(await attempt([status, 200])).toEqual({
        outcome: 200,
        sent: 2,
        waits: [[`status ${status}`, 250]],
      });
    },
  );

  it.each([200, 400, 401, 403, 404, 409, 413, 422, 501])(
    'does not help against %d',
    async status => {
      expect(await attempt([status])).toEqual({
        outcome: status,
        sent: 1,
        waits: [],
      });
    },
  );

  it('helps when no answer came', async () => {
    expect(
      await attempt([new NoAnswer('the connection was cut'), 200]),
    ).toEqual({
      outcome: 200,
      sent: 2,
      waits: [['the connection was cut', 250]],
    });
  });

  it('ends with the last answer, or with the last silence', async () => {
    expect((await attempt([503, 502, 500])).outcome).toBe(500);
    expect(
      (await attempt([503, 502, new NoAnswer('the connection was cut')]))
        .outcome,
    ).toBe('the connection was cut');
    expect((await attempt([503], 1)).sent).toBe(1);
  });

  it('does not hide a mistake of the program', async () => {
    expect(await attempt([new TypeError('broken')])).toEqual({
      outcome: 'broken',
      sent: 1,
      waits: [],
    });
  });
});
