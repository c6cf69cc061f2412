import {
  Attention,
  Subject,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What somebody should do about a subject: one line for each check that does not pass, and one for a missing owner. */
export function attentionOf(
  subject: Subject,
  score: SubjectScore | undefined,
): Attention[] {
  const lines: Attention[] = (score?.checks ?? [])
    .filter(check =>
      ['fail', 'inconclusive', 'warn'].includes(check.verdict.status),
    )
    .map(check => ({
      subject,
      status: check.verdict.status,
      what: `${check.question} (${check.verdict.reason.replaceAll('-', ' ')})`,
      sinceMs: check.sinceMs ?? null,
      nextAction: check.fixHint,
    }));
  if (subject.ownerRef === undefined) {
    lines.push({
      subject,
      status: 'fail',
      what: 'Nobody owns it (unowned)',
      sinceMs: null,
      nextAction:
        'Set spec.owner in its catalog file to a group that answers for it.',
    });
  }
  return lines;
}
