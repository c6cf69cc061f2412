import { QueryInputOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { dayEndMs, dayStartMs } from '../shared/days';

/** Names of the filters in the URL, with what they are when they filter nothing. */
export const evidenceFilterDefaults = {
  text: '',
  subject: '',
  type: '',
  source: '',
  status: '',
  /** Which time `from` and `through` mean. */
  time: 'observed',
  from: '',
  through: '',
};

export type EvidenceFilterValues = typeof evidenceFilterDefaults;

const isEntityRef = (text: string) =>
  /^[a-z0-9]+:[a-z0-9._-]+\/[a-z0-9._-]+$/.test(text);

/** Whether anything is filtered. Which time is meant filters nothing by itself. */
export function hasFilter(values: EvidenceFilterValues): boolean {
  const { time: _time, ...others } = values;
  return Object.values(others).some(value => value !== '');
}

/** What to ask the server for. A value that somebody wrote into the URL by hand and that is none is left out. */
export function queryOf(
  values: EvidenceFilterValues,
): QueryInputOf<'listEvidence'> {
  const { text, subject, type, source, status, time, from, through } = values;
  const range = { fromMs: dayStartMs(from), toMs: dayEndMs(through) };
  return {
    text: text || undefined,
    subject: isEntityRef(subject) ? subject : undefined,
    type: type || undefined,
    source: source || undefined,
    status: (status || undefined) as QueryInputOf<'listEvidence'>['status'],
    ...(time === 'recorded'
      ? { recordedFromMs: range.fromMs, recordedToMs: range.toMs }
      : range),
  };
}
