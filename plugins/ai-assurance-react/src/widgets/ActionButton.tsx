import { Button, ButtonProps } from '@backstage/ui';
import { useId } from 'react';
import styles from './widgets.module.css';

/**
 * Props of {@link ActionButton}.
 *
 * @public
 */
export interface ActionButtonProps {
  children: string;
  onPress: () => void;
  /** Why the reader may not do it; the button is then disabled and the reason stands beside it. */
  disabledReason?: string;
  /** For the second of two buttons with the same reason: read to screen readers only, since it is in sight already. */
  isReasonHidden?: boolean;
  variant?: ButtonProps['variant'];
  isDestructive?: boolean;
  isPending?: boolean;
  iconStart?: ButtonProps['iconStart'];
}

/**
 * An action, or the reason why it is not allowed, in sight and tied to the button for screen readers.
 *
 * @public
 */
export function ActionButton(props: ActionButtonProps) {
  const {
    children,
    onPress,
    disabledReason,
    isReasonHidden,
    variant = 'secondary',
    isDestructive,
    isPending,
    iconStart,
  } = props;
  const reasonId = useId();
  return (
    <span className={styles.action}>
      <Button
        size="small"
        variant={variant}
        destructive={isDestructive}
        onPress={onPress}
        isDisabled={disabledReason !== undefined}
        isPending={isPending}
        iconStart={iconStart}
        className={
          disabledReason === undefined ? undefined : styles.actionDisabled
        }
        aria-describedby={disabledReason === undefined ? undefined : reasonId}
      >
        {children}
      </Button>
      {disabledReason === undefined ? null : (
        <span
          id={reasonId}
          className={isReasonHidden ? styles.visuallyHidden : styles.secondary}
        >
          {disabledReason}
        </span>
      )}
    </span>
  );
}
