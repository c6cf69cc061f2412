import { SearchField } from '@backstage/ui';
import { useEffect, useRef, useState } from 'react';

const waitMs = 400;

interface TextSearchProps {
  label: string;
  placeholder: string;
  /** What is searched for now. */
  value: string;
  onSearch: (text: string) => void;
}

/** A search field that waits until the typing pauses; Enter searches at once. */
export function TextSearch(props: TextSearchProps) {
  const { label, placeholder, value, onSearch } = props;
  // What is typed but not searched for yet.
  const [draft, setDraft] = useState<string>();
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = (text: string) => {
    clearTimeout(timer.current);
    setDraft(undefined);
    onSearch(text.trim());
  };
  return (
    <SearchField
      label={label}
      size="small"
      placeholder={placeholder}
      startCollapsed={false}
      value={draft ?? value}
      onChange={text => {
        clearTimeout(timer.current);
        setDraft(text);
        timer.current = setTimeout(() => search(text), waitMs);
      }}
      onSubmit={search}
      onClear={() => search('')}
    />
  );
}
