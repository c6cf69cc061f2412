import { assurancePath, Message } from '../platform';
import { isUrgent } from './core/burnWindows';
import { Notice } from './NoticeStore';

const causes = {
  'burn-rate': (burn: number | null) =>
    burn === null
      ? 'spends its error budget too fast'
      : `spends its error budget ${Number(
          burn.toPrecision(3),
        )} times as fast as it may`,
  'signal-lost': () => 'has lost its signal',
  'data-quality': () => 'has numbers that cannot be right',
};

/** One notice in words. */
export function noticeInWords(notice: Notice): {
  title: string;
  description: string;
} {
  const [first, ...others] = notice.objectives;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  if (notice.state === 'resolved')
    return {
      title: `${notice.title}: over`,
      description: `${first.sloName} is calm again${more}.`,
    };
  return {
    title: `${notice.title}: ${first.sloName} ${causes[first.cause](
      first.longBurn,
    )}${more}`,
    description: notice.objectives.map(one => one.description).join('; '),
  };
}

/** What people read of a turn of alerts. One of the same subject and severity takes the place of the one before. */
export function messageOf(notice: Notice): Message {
  const severity = isUrgent(notice.severity) ? 'critical' : 'high';
  return {
    ...noticeInWords(notice),
    recipients: notice.recipients,
    severity: notice.state === 'resolved' ? 'normal' : severity,
    topic: 'ai-assurance.objectives',
    scope: `ai-assurance.objectives.${notice.subject}.${notice.severity}`,
    link: assurancePath(notice.subject),
  };
}
