import { Config } from '@backstage/config';
import { Tell } from '../../platform';
import { AlarmListener } from './Alarm';

/**
 * Tells people that the ledger cannot be relied on: `aiAssurance.ledger.alarmRecipients`, else the administrators. The alarm
 * itself does not fail when nobody can be told.
 */
export function notifyAlarm(deps: {
  tell: Tell;
  config: Config;
}): AlarmListener {
  const { tell, config } = deps;
  const recipients =
    config.getOptionalStringArray('aiAssurance.ledger.alarmRecipients') ??
    config.getOptionalStringArray('aiAssurance.roles.administrator') ??
    [];
  return problem =>
    tell({
      recipients,
      title: 'The evidence ledger cannot be relied on',
      description: problem,
      severity: 'critical',
      topic: 'ai-assurance.ledger',
      scope: 'ai-assurance.ledger.alarm',
      link: '/ai-assurance/evidence',
    });
}
