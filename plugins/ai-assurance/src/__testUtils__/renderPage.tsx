import {
  AiAssuranceApi,
  aiAssuranceApiRef,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  defaultEntityPresentation,
  entityPresentationApiRef,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { SWRConfig } from 'swr';
import { fakeApi } from './fakeApi';

/** Draws a page as Mira sees it. */
export function renderPage(
  page: JSX.Element,
  options: {
    api?: Partial<AiAssuranceApi>;
    path?: string;
    authorize?: AuthorizeResult.ALLOW | AuthorizeResult.DENY;
    /** What the catalog calls the entities whose names are no good titles, by entity ref. */
    titles?: Record<string, string>;
    /** Takes the titles of the toasts that are shown. */
    onToast?: (title: unknown) => void;
  } = {},
) {
  // `usePermission` remembers answers for the whole process; each page gets a memory of its own.
  const fresh = (
    <SWRConfig value={{ provider: () => new Map() }}>{page}</SWRConfig>
  );
  return renderInTestApp(fresh, {
    apis: [
      [aiAssuranceApiRef, fakeApi(options.api)],
      [
        toastApiRef,
        {
          post: toast => {
            options.onToast?.(toast.title);
            return { close: () => {} };
          },
        },
      ],
      [
        entityPresentationApiRef,
        {
          forEntity: (entityOrRef, context) => {
            const named = defaultEntityPresentation(entityOrRef, context);
            const primaryTitle =
              options.titles?.[named.entityRef] ?? named.primaryTitle;
            const snapshot = { ...named, primaryTitle };
            return { snapshot, promise: Promise.resolve(snapshot) };
          },
        },
      ],
      mockApis.identity({ userEntityRef: 'user:default/mira' }),
      mockApis.permission({
        authorize: options.authorize ?? AuthorizeResult.ALLOW,
      }),
    ],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    initialRouteEntries: [options.path ?? '/'],
  });
}
