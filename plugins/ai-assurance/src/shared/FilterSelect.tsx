import { Select } from '@backstage/ui';

interface FilterSelectProps {
  label: string;
  value: string;
  options: Array<{ value: string; label: string }>;
  onChange: (value: string) => void;
}

/** One filter with a closed list of values. */
export function FilterSelect(props: FilterSelectProps) {
  const { label, value, options, onChange } = props;
  return (
    <Select
      label={label}
      size="small"
      options={options}
      value={value}
      onChange={key => onChange(String(key ?? ''))}
    />
  );
}
