import { createTranslationRef } from '@backstage/frontend-plugin-api';

export const signInTranslationRef = createTranslationRef({
  id: 'app.sign-in',
  messages: {
    title: 'Who are you today?',
    explanation:
      'This is a demo without passwords. Each person may do different things; open two tabs to be two of them at once.',
    signIn: 'Sign in',
    signInAs: 'Sign in as {{name}}',
    refused: '{{name}} could not sign in',
    refusedHint:
      'Right after a start the catalog may still be reading its files: try again in some seconds.',
    tryAgain: 'Try again',
    chooseAgain: 'Choose somebody else',
    noUsers: 'The demo has no users',
    noUsersHint:
      'List them under auth.providers.demo.users in the configuration.',
  },
});
