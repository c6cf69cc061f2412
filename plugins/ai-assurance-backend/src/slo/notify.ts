import { LoggerService } from '@backstage/backend-plugin-api';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { catalogPath } from '../platform';
import { isUrgent } from './core/burnWindows';
import { Notice } from './NoticeStore';

/** The part of the notification service that alerts need. */
export type SloNotifications = Pick<NotificationService, 'send'>;

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

/**
 * Tells people of a turn of alerts. One of the same subject and severity takes the place of the one before, so that a repeat
 * doubles nothing. Where notifications are not installed or nobody can be told, the log says so and the turn counts as told.
 */
export function notifier(
  notifications: SloNotifications,
  logger: LoggerService,
): (notice: Notice) => Promise<void> {
  return async notice => {
    const { title, description } = noticeInWords(notice);
    if (notice.recipients.length === 0) {
      logger.warn(`Nobody to tell, ${notice.subject} has no owner: ${title}`);
      return;
    }
    const severity = isUrgent(notice.severity) ? 'critical' : 'high';
    try {
      await notifications.send({
        recipients: { type: 'entity', entityRef: notice.recipients },
        payload: {
          title,
          description,
          severity: notice.state === 'resolved' ? 'normal' : severity,
          topic: 'ai-assurance.objectives',
          scope: `ai-assurance.objectives.${notice.subject}.${notice.severity}`,
          link: catalogPath(notice.subject),
        },
      });
    } catch (error) {
      logger.warn(`Nobody was told: ${title}: ${(error as Error).message}`);
    }
  };
}
