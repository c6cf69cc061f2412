import { Combobox } from '@backstage/ui';

interface PickFieldProps {
  label: string;
  placeholder: string;
  value: string;
  options: Array<{ value: string; label: string }>;
  onChange: (value: string) => void;
}

/** One filter with a long list of values: typing narrows it, emptying the field removes the filter. */
export function PickField(props: PickFieldProps) {
  const { label, placeholder, value, options, onChange } = props;
  // A link may name a value that does not occur any more; it is shown, not dropped.
  const all =
    value === '' || options.some(option => option.value === value)
      ? options
      : [{ value, label: value }, ...options];
  return (
    <Combobox
      label={label}
      size="small"
      placeholder={placeholder}
      options={all}
      selectedKey={value === '' ? null : value}
      onSelectionChange={key => onChange(key === null ? '' : String(key))}
    />
  );
}
