import { StandIn, StandInAnswer, startStandIn } from '../bench/standIn';
import {
  createOrderClient,
  outcomeOfQuestion,
  outcomeOfReply,
} from './orderClient';

describe('telling a system something that changes it', () => {
  let answer: StandInAnswer;
  let standIn: StandIn;
  beforeEach(async () => {
    answer = { json: { id: 1 } };
    standIn = await startStandIn(() => answer);
  });
  afterEach(() => standIn.close());

  const client = () =>
    createOrderClient({
      name: 'Fleet',
      baseUrl: `${standIn.baseUrl}/api/`,
      headers: { authorization: 'Bearer of-the-tests' },
      timeoutMs: 5_000,
      maxBytes: 1_000,
    });
  const tell = (
    path = ['rollouts', 'a b'],
    signal = new AbortController().signal,
  ) =>
    client().tell({
      method: 'POST',
      path,
      parameters: { dry: 'no' },
      json: { name: 'x' },
      signal,
    });

  it('tells once, with each name of the path escaped', async () => {
    expect(await tell()).toEqual({
      kind: 'answered',
      status: 200,
      body: { id: 1 },
      location: null,
    });
    expect(
      standIn.requests.map(r => [r.method, r.path, String(r.query), r.body]),
    ).toEqual([['POST', '/api/rollouts/a%20b', 'dry=no', '{"name":"x"}']]);
    expect(client().baseUrl).toBe(`${standIn.baseUrl}/api`);
  });

  it.each<[string, StandInAnswer, number]>([
    ['has no body', { status: 204, text: '' }, 204],
    ['is no JSON', { text: 'fine' }, 200],
    ['is larger than allowed', { text: `"${'x'.repeat(2_000)}"` }, 200],
    [
      'is a redirect',
      { status: 302, headers: { location: 'http://x.example/' } },
      302,
    ],
  ])('takes the status of an answer that %s', async (_, given, status) => {
    answer = given;
    expect(await tell()).toEqual({
      kind: 'answered',
      status,
      body: null,
      location: given.headers?.location ?? null,
    });
    expect(standIn.requests).toHaveLength(1);
  });

  it('tells nothing by a name that would lead elsewhere, or after its time', async () => {
    const over = new AbortController();
    over.abort();
    expect([
      await tell(['..', 'admin']),
      await tell(['a'], over.signal),
    ]).toEqual([
      { kind: 'not-sent', code: 'MISCONFIGURED' },
      { kind: 'not-sent', code: 'TIMEOUT' },
    ]);
    expect(standIn.requests).toEqual([]);
  });

  it('knows what each answer means for an order, and for a question before it', () => {
    const answered = (status: number) => ({
      kind: 'answered' as const,
      status,
      body: null,
      location: null,
    });
    expect(
      [answered(403), answered(409), answered(500)].map(reply => {
        const order = outcomeOfReply(reply);
        const question = outcomeOfQuestion(reply);
        return [order.state, order.code, question.state, question.code];
      }),
    ).toEqual([
      ['refused', 'UNAUTHORIZED', 'refused', 'UNAUTHORIZED'],
      ['refused', 'REFUSED', 'refused', 'NOT_ASKED'],
      ['unanswered', 'SERVER_ERROR', 'refused', 'NOT_ASKED'],
    ]);
    const silent = { kind: 'no-answer' as const, code: 'TIMEOUT' };
    expect([
      outcomeOfReply(silent).state,
      outcomeOfQuestion(silent).state,
    ]).toEqual(['unanswered', 'refused']);
  });
});
