import {
  toastApiRef,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { ButtonIcon } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { useEffect, useState } from 'react';
import { aiAssuranceReactTranslationRef } from '../translation';

/**
 * Props of {@link CopyButton}.
 *
 * @public
 */
export interface CopyButtonProps {
  /** What is put on the clipboard, in full. */
  text: string;
  /** Name of the button. */
  label: string;
}

/**
 * Copies a text to the clipboard and says that it did; says so too where the browser does not allow it.
 *
 * @public
 */
export function CopyButton(props: CopyButtonProps) {
  const { text, label } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const [isCopied, setIsCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setIsCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
    } catch {
      // Without a secure context there is no clipboard; the text stays selectable.
      toastApi?.post({ title: t('copy.failed'), status: 'warning' });
    }
  };

  return (
    <ButtonIcon
      size="small"
      variant="tertiary"
      aria-label={isCopied ? t('digest.copied') : label}
      icon={isCopied ? <RiCheckLine size={14} /> : <RiFileCopyLine size={14} />}
      onPress={copy}
    />
  );
}
