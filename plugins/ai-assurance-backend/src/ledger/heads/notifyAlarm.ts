import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { AlarmListener } from './Alarm';

/** The part of the notification service that an alarm needs. */
export type AlarmNotifications = Pick<NotificationService, 'send'>;

/**
 * Notifies people that the ledger cannot be relied on: `aiAssurance.ledger.alarmRecipients`, else the administrators. Where
 * notifications are not installed or cannot be sent, the log says so; the alarm itself does not fail.
 */
export function notifyAlarm(deps: {
  notifications: AlarmNotifications;
  config: Config;
  logger: LoggerService;
}): AlarmListener {
  const { notifications, config, logger } = deps;
  const recipients =
    config.getOptionalStringArray('aiAssurance.ledger.alarmRecipients') ??
    config.getOptionalStringArray('aiAssurance.roles.administrator') ??
    [];
  return async problem => {
    if (recipients.length === 0) return;
    try {
      await notifications.send({
        recipients: { type: 'entity', entityRef: recipients },
        payload: {
          title: 'The evidence ledger cannot be relied on',
          description: problem,
          severity: 'critical',
          topic: 'ai-assurance.ledger',
          scope: 'ai-assurance.ledger.alarm',
          link: '/ai-assurance/evidence',
        },
      });
    } catch (error) {
      logger.warn(
        `Nobody was notified of the alarm of the ledger: ${
          (error as Error).message
        }`,
      );
    }
  };
}
