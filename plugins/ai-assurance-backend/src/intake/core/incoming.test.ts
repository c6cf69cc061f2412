import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { evidenceKinds, writerOf } from '@ai-assurance/evidence';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { artifactEvent } from '../__testUtils__/openTestIntake';
import { isTaken, mayBeOrigin, refusalOf } from './incoming';

/** The example of every kind, as the reference shows it. */
function examples(): any[] {
  const folder = resolvePackagePath('@ai-assurance/evidence', 'src', 'kinds');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => path.basename(file) === 'fixture.json')
    .map(file => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

describe('what may come from outside', () => {
  const nowMs = Date.parse('2026-11-22T13:00:00.000Z');
  const clock = { nowMs, maxAheadMs: 300_000 };
  const judge = (change: Record<string, unknown>) =>
    refusalOf(artifactEvent(1, change) as any, clock);

  it('is answered without words as it is with them', () => {
    const changes: Record<string, unknown>[] = [
      {},
      { time: '2026-11-22T13:05:00.000Z' },
      { time: '2026-11-22T13:05:00.001Z' },
      { id: 'a\u0000b' },
      { id: 'a\nb' },
      { source: 'a\u007fb' },
      { source: '/ai-assurance/slo' },
      { source: '/x/..//%61i-assurance' },
      { source: '/pipelines/ai-assurance' },
      ...['approval-vote', 'deployment'].map(kind => ({
        type: `io.ai-assurance.${kind}.v1`,
      })),
    ];
    const items: any[] = [
      ...changes.map(change => artifactEvent(1, change)),
      ...['2026-11-22T13:05:00.000Z', '2026-11-22T13:05:00.001Z'].map(
        collectedAt => {
          const item = artifactEvent(1);
          item.data.envelope = { ...item.data.envelope, collectedAt };
          return item;
        },
      ),
      ...examples(),
    ];
    const answers = items.map(item =>
      isTaken(
        item,
        {
          timeMs: Date.parse(item.time),
          collectedAtMs: Date.parse(item.data.envelope.collectedAt),
        },
        clock,
        mayBeOrigin,
      ),
    );
    expect(answers).toEqual(
      items.map(item => refusalOf(item, clock) === undefined),
    );
    expect(new Set(answers)).toEqual(new Set([true, false]));
  });

  it('is anything of another system whose clock is believable', () => {
    expect(judge({})).toBe(undefined);
    expect(judge({ time: '2026-11-22T13:05:00.000Z' })).toBe(undefined);
    expect(judge({ time: '1999-01-01T00:00:00Z' })).toBe(undefined);
    for (const source of [
      '/ai-assurance-like/pipeline',
      '/pipelines/ai-assurance',
      'https://ci.example/ai-assurance',
      '/100%/%zz/../pipeline',
      '..',
    ])
      expect(judge({ source })).toBe(undefined);
  });

  it('is every example of a kind that anyone may write, and none of the others', () => {
    const late = { ...clock, nowMs: nowMs + 86_400_000 };
    const answers = examples().map(item => [
      item.type,
      writerOf(item.type),
      refusalOf(item, late)?.code.replace(/_(SOURCE|TYPE)$/, ''),
    ]);
    expect(answers.map(([type]) => type).sort()).toEqual(
      Object.keys(evidenceKinds).sort(),
    );
    expect(
      answers.filter(
        ([, writer, code]) =>
          code !== (writer === 'anyone' ? undefined : 'RESERVED'),
      ),
    ).toEqual([]);
  });

  it('is not an item observed in the future', () => {
    expect(judge({ time: '2026-11-22T13:05:00.001Z' })).toEqual({
      code: 'CLOCK_AHEAD',
      message:
        "time: 2026-11-22T13:05:00.001Z lies 301 s ahead of the server's clock, and at most 300 s are taken. Check the clock of the sender.",
    });
  });

  it('is not an item collected in the future', () => {
    const { data } = artifactEvent(1);
    const late = {
      ...data,
      envelope: { ...data.envelope, collectedAt: '2027-11-22T13:00:00.000Z' },
    };
    expect(judge({ data: late })).toMatchObject({ code: 'CLOCK_AHEAD' });
  });

  it.each([
    '/ai-assurance/approvals',
    '/AI-Assurance/approvals',
    '//ai-assurance/approvals',
    'ai-assurance/approvals',
    '/ai-assurance',
    '/ai-assurance?room=approvals',
    '/./ai-assurance/approvals',
    '/pipeline/../ai-assurance/approvals',
    '/%61i-assurance/approvals',
    '%2Fai%2Dassurance/approvals',
    '\\ai-assurance\\approvals',
    '/ai-assurance%2fapprovals',
    '/ai-assurance%3Froom=approvals',
  ])('is not an item in the name of the suite: %s', source => {
    expect(judge({ source })).toEqual({
      code: 'RESERVED_SOURCE',
      message:
        'source: /ai-assurance/… belongs to the suite itself. Name your own system.',
    });
  });

  it.each(['id', 'source'])(
    'is not an item with a control character in its %s, which not every database can store',
    name => {
      for (const character of ['\u0000', '\n', '\u007f', '\u009f']) {
        expect(judge({ [name]: `/pipeline${character}1` })).toEqual({
          code: 'CONTROL_CHARACTER',
          message: `${name}: holds a control character, such as a line break or NUL. Leave it out.`,
        });
      }
      expect(judge({ [name]: '/pipeline/Übergabe' })).toBe(undefined);
    },
  );

  it.each([
    'approval-request',
    'approval-vote',
    'approval-decision',
    'scorecard-verdict',
    'reference-window',
    'export',
    'slo-status',
    'drift-report',
    'rollout-observation',
  ])('is not what only the suite decides or measures: %s', kind => {
    expect(judge({ type: `io.ai-assurance.${kind}.v1` })).toMatchObject({
      code: 'RESERVED_TYPE',
      message:
        'type: only the suite writes this kind, when it measures or decides. It cannot be pushed.',
    });
    expect(judge({ type: `io.ai-assurance.${kind}.v2` })).toMatchObject({
      code: 'RESERVED_TYPE',
    });
  });
});
