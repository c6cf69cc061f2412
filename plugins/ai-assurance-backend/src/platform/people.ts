import { LoggerService } from '@backstage/backend-plugin-api';
import { NotificationService } from '@backstage/plugin-notifications-node';

/** The part of the notification service that people are told by. */
export type Notifications = Pick<NotificationService, 'send'>;

/** Something that people are told once. */
export interface Message {
  /** Entity refs of users and groups. */
  recipients: string[];
  title: string;
  description: string;
  severity: 'low' | 'normal' | 'high' | 'critical';
  /** What people can mute, for example `ai-assurance.costs`. */
  topic: string;
  /** A later message of the same scope takes the place of this one, so that a repeat doubles nothing. */
  scope: string;
  /** Path in the portal. */
  link: string;
}

/** Tells people something. Never throws: what cannot be told is in the log, and counts as told. Safe to repeat. */
export type Tell = (message: Message) => Promise<void>;

/** The one way by which people are told. Where notifications are not installed the log says what nobody was told. */
export function createTell(deps: {
  notifications: Notifications;
  logger: LoggerService;
}): Tell {
  const { notifications, logger } = deps;
  return async ({ recipients, link, ...said }) => {
    if (recipients.length === 0) {
      logger.warn(
        `Nobody to tell, it has no owner or recipient: ${said.title} (${said.scope})`,
      );
      return;
    }
    try {
      await notifications.send({
        recipients: { type: 'entity', entityRef: recipients },
        payload: { ...said, link },
      });
    } catch (error) {
      logger.warn(
        `Nobody was told: ${said.title}: ${(error as Error).message}`,
      );
    }
  };
}
