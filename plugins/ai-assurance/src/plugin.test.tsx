import { aiAssuranceApiRef } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import plugin from './index';
import { fakeApi } from './__testUtils__/fakeApi';
import { overview } from './__testUtils__/fixtures';

describe('the plugin', () => {
  it('mounts its pages as tabs below /ai-assurance and starts with the overview', async () => {
    renderTestApp({
      features: [plugin],
      initialRouteEntries: ['/ai-assurance'],
      apis: [
        [aiAssuranceApiRef, fakeApi({ getOverview: async () => overview })],
      ],
    });
    expect((await screen.findByText(overview.sentence)).textContent).toBe(
      overview.sentence,
    );
    expect(screen.getAllByRole('tab').map(tab => tab.textContent)).toEqual([
      'Overview',
      'Scorecards',
      'Drift',
      'Releases',
      'Evidence',
      'Quarantine',
      'Sources',
      'Audit',
    ]);
  });
});
