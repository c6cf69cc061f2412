import { createTranslationRef } from '@backstage/frontend-plugin-api';

/**
 * Texts of looking at the past.
 *
 * @public
 */
export const aiAssuranceAsOfTranslationRef = createTranslationRef({
  id: 'plugin.ai-assurance.as-of',
  messages: {
    field: 'As of (UTC)',
    show: 'Show',
    incomplete: 'Choose a date and a time first.',
    future: 'This moment is not over yet.',
    banner: 'You are looking at what was known on {{moment}}',
    bannerUnreadable: 'The page’s address names a moment that cannot be read',
    bannerHint: 'Nothing can be changed here, and nothing moves on by itself.',
    back: 'Back to now',
    disabled: 'You are looking at the past. Go back to now to do this.',
    limits_one: 'One thing is not as it was known then',
    limits_other: '{{count}} things are not as they were known then',
  },
});
