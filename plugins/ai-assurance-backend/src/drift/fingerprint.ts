import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { hash } from 'node:crypto';
import { statusOf } from './signalAnswers';
import { JudgedSignal } from './SignalJudge';

/** What was said of something, as JSON writes a list of three texts: few, and told again at every evaluation. */
const saidTexts = new Map<string, (Said & { text: string })[]>();
const mostSaidTexts = 10_000;
type Said = Pick<Verdict, 'status' | 'reason'>;

function saidText(name: string, { status, reason }: Said): string {
  let known = saidTexts.get(name);
  if (!known) {
    if (saidTexts.size >= mostSaidTexts) saidTexts.clear();
    saidTexts.set(name, (known = []));
  }
  for (const one of known)
    if (one.status === status && one.reason === reason) return one.text;
  const text = JSON.stringify([name, status, reason]);
  known.push({ status, reason, text });
  return text;
}

/**
 * What makes a change worth recording at once. Another text for what is the same would have every signal recorded anew.
 */
export function fingerprintOf({
  answer,
  quality,
}: Pick<JudgedSignal, 'answer' | 'quality'>): string {
  const { status, reason } = statusOf(answer);
  const parts: unknown[] = [status, reason, answer.referenceId];
  const details: string[] = [];
  for (const { cohort, verdict } of answer.cohorts ?? [])
    details.push(saidText(cohort, verdict));
  for (const { aspect, verdict } of quality)
    details.push(saidText(aspect, verdict));
  if (details.length > 0) parts.push(hash('sha256', `[${details.join()}]`));
  return JSON.stringify(parts);
}
