import {
  Subject,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { attentionOf } from './attention';

const subject: Subject = {
  entityRef: 'resource:default/m',
  kind: 'edge-model',
  title: 'M',
  ownerRef: 'group:default/team',
};

const score: SubjectScore = {
  subject,
  scorecardId: 's',
  level: null,
  rollUp: {
    status: 'fail',
    measuredCount: 2,
    inScopeCount: 3,
    unknownCount: 1,
  },
  judgedAtMs: 9,
  checks: (['pass', 'fail', 'inconclusive', 'not-applicable'] as const).map(
    status => ({
      checkId: status,
      question: `Is ${status}?`,
      level: 'bronze',
      verdict: { status, reason: 'why', facts: {} },
      fixHint: `Mend ${status}.`,
      judgedAtMs: 9,
      sinceMs: 4,
    }),
  ),
};

describe('what needs attention', () => {
  it('is every check that does not pass, with what to do', () => {
    expect(attentionOf(subject, score)).toEqual([
      {
        subject,
        status: 'fail',
        what: 'Is fail? (why)',
        sinceMs: 4,
        nextAction: 'Mend fail.',
      },
      {
        subject,
        status: 'inconclusive',
        what: 'Is inconclusive? (why)',
        sinceMs: 4,
        nextAction: 'Mend inconclusive.',
      },
    ]);
  });

  it('is a missing owner, as a failure', () => {
    const unowned = { ...subject, ownerRef: undefined };
    expect(attentionOf(unowned, undefined)).toEqual([
      {
        subject: unowned,
        status: 'fail',
        what: 'Nobody owns it (unowned)',
        sinceMs: null,
        nextAction:
          'Set spec.owner in its catalog file to a group that answers for it.',
      },
    ]);
  });
});
