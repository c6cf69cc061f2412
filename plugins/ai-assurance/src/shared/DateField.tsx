import { useId } from 'react';
import styles from './pages.module.css';

interface DateFieldProps {
  label: string;
  /** `YYYY-MM-DD`, or empty. */
  value: string;
  onChange: (value: string) => void;
}

/** A calendar day. The browser's own field: it works by keyboard and on a phone without help. */
export function DateField(props: DateFieldProps) {
  const { label, value, onChange } = props;
  const id = useId();
  return (
    <div className={styles.dateField}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="date"
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </div>
  );
}
