import { formatShare } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import styles from './widgets.module.css';

/**
 * Props of {@link ShareText}.
 *
 * @public
 */
export interface ShareTextProps {
  part: number;
  whole: number;
}

/**
 * A percentage that never goes without its denominator; "no data" when nothing was counted.
 *
 * @public
 */
export function ShareText(props: ShareTextProps) {
  return (
    <span className={styles.tabular}>
      {formatShare(props.part, props.whole)}
    </span>
  );
}
