import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RemixiconComponentType,
  RiAlertFill,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiQuestionFill,
  RiSubtractLine,
} from '@remixicon/react';
import { aiAssuranceReactTranslationRef } from '../translation';
import { humanizeCode } from './format';
import styles from './widgets.module.css';

const icons: Record<VerdictStatus, RemixiconComponentType> = {
  pass: RiCheckboxCircleFill,
  warn: RiAlertFill,
  fail: RiCloseCircleFill,
  inconclusive: RiQuestionFill,
  'not-applicable': RiSubtractLine,
};

/**
 * Props of {@link VerdictBadge}.
 *
 * @public
 */
export interface VerdictBadgeProps {
  status: VerdictStatus;
  /** Reason code; said in words beside an inconclusive verdict, since that is what can be acted on. */
  reason?: string;
  /** Draws the ring that marks a waived fail or inconclusive. It never looks like a pass. */
  isWaived?: boolean;
  /** Shape only, for dense tables; the word stays for screen readers and on hover. */
  isCompact?: boolean;
}

/**
 * A verdict as word, shape and colour; the same everywhere.
 *
 * @public
 */
export function VerdictBadge(props: VerdictBadgeProps) {
  const { status, reason, isWaived, isCompact } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const Icon = icons[status];
  const parts: string[] = [t(`verdict.${status}`)];
  if (status === 'inconclusive' && reason) parts.push(humanizeCode(reason));
  if (isWaived) parts.push(t('verdict.waived'));
  const text = parts.join(': ');
  return (
    <span
      className={isCompact ? styles.verdictCompact : styles.verdict}
      data-status={status}
      data-waived={isWaived ? 'true' : undefined}
      title={isCompact ? text : undefined}
    >
      <Icon
        size={isCompact ? 18 : 16}
        aria-hidden="true"
        className={styles.verdictIcon}
      />
      <span className={isCompact ? styles.visuallyHidden : undefined}>
        {text}
      </span>
    </span>
  );
}
