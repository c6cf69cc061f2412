import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** An importer as a module would bring it, which does what the report says. */
export const importer: ReportImporter = {
  id: 'slow',
  title: 'Slow',
  version: '1',
  tool: 'slow',
  fileEndings: ['.txt'],
  file: __filename,
  read({ text }) {
    const filled: unknown[] = [];
    switch (text.trim()) {
      case 'spin':
        for (;;);
      case 'fill':
        for (;;) filled.push({ at: filled.length });
      case 'throw':
        throw new TypeError('a fault of the importer');
      default:
        return { facts: [], notes: [] };
    }
  },
};
