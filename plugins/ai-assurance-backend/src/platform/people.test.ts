import { mockServices } from '@backstage/backend-test-utils';
import { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import { createTell, Message } from './people';

const message: Message = {
  recipients: ['group:default/vision-team'],
  title: 'Digit API: over',
  description: 'latency is calm again.',
  severity: 'normal',
  topic: 'ai-assurance.objectives',
  scope: 'ai-assurance.objectives.component:default/digit-api.page',
  link: '/catalog/default/component/digit-api/assurance',
};

describe('telling people', () => {
  it('hands a message to the notification service as it is', async () => {
    const sent: NotificationSendOptions[] = [];
    const logger = mockServices.logger.mock();
    const tell = createTell({
      logger,
      notifications: {
        send: async one => {
          sent.push(one);
        },
      },
    });
    await tell(message);
    const { recipients, ...payload } = message;
    expect(sent).toEqual([
      { recipients: { type: 'entity', entityRef: recipients }, payload },
    ]);
    expect(logger.warn.mock.calls).toEqual([]);
  });

  it('says in the log what nobody was told, and why, and fails nobody', async () => {
    const logger = mockServices.logger.mock();
    const tell = createTell({
      logger,
      notifications: {
        send: async () => {
          throw new Error('not installed');
        },
      },
    });
    await tell(message);
    await tell({ ...message, recipients: [] });
    expect(logger.warn.mock.calls).toEqual([
      ['Nobody was told: Digit API: over: not installed'],
      [
        'Nobody to tell, it has no owner or recipient: Digit API: over (ai-assurance.objectives.component:default/digit-api.page)',
      ],
    ]);
  });
});
