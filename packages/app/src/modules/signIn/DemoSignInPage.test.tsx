import { discoveryApiRef, IdentityApi } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { DemoSignInPage } from './DemoSignInPage';

const users = [
  {
    entityRef: 'user:default/mira',
    name: 'Mira Solberg',
    role: 'Proposes releases.',
  },
  {
    entityRef: 'user:default/ada',
    name: 'Ada Okafor',
    role: 'Approves releases.',
  },
];

const session = (userEntityRef: string) => ({
  profile: { displayName: 'Somebody' },
  backstageIdentity: {
    token: `head.${btoa(JSON.stringify({ exp: 4_000_000_000 }))}.tail`,
    identity: {
      type: 'user',
      userEntityRef,
      ownershipEntityRefs: [userEntityRef],
    },
  },
});

/** Answers the sign-in call as the auth backend does, for the users that it is told to know. */
function authBackend(known: string[]) {
  const asked: string[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const chosen = new Headers(init?.headers).get('x-demo-user') ?? '';
    asked.push(`${url} ${chosen}`);
    return known.includes(chosen)
      ? Response.json(session(chosen))
      : Response.json(
          { error: { name: 'NotFoundError', message: 'User not found' } },
          { status: 404 },
        );
  });
  return asked;
}

async function render(onSignInSuccess: (identity: IdentityApi) => void) {
  return renderInTestApp(
    <DemoSignInPage users={users} onSignInSuccess={onSignInSuccess} />,
    {
      apis: [
        [
          discoveryApiRef,
          { getBaseUrl: async () => 'http://portal.test/api/auth' },
        ],
      ],
    },
  );
}

describe('DemoSignInPage', () => {
  beforeEach(() => sessionStorage.clear());
  afterEach(() => jest.restoreAllMocks());

  it('says who may be chosen and what each of them does', async () => {
    authBackend([]);
    await render(() => {});
    expect(
      screen.getByRole('heading', { name: 'Who are you today?' }),
    ).toBeVisible();
    expect(
      screen
        .getAllByRole('button')
        .map(button => button.getAttribute('aria-label') ?? button.textContent),
    ).toEqual(['Sign in as Mira Solberg', 'Sign in as Ada Okafor']);
    expect(screen.getByText('Approves releases.')).toBeVisible();
  });

  it('signs in as the chosen person and remembers the choice until they sign out', async () => {
    const asked = authBackend(['user:default/ada']);
    const signedIn: IdentityApi[] = [];
    await render(identity => signedIn.push(identity));
    await userEvent.click(
      screen.getByRole('button', { name: 'Sign in as Ada Okafor' }),
    );
    await waitFor(() => expect(signedIn.length).toBe(1));

    expect(asked).toEqual([
      'http://portal.test/api/auth/demo/refresh user:default/ada',
    ]);
    expect((await signedIn[0].getBackstageIdentity()).userEntityRef).toBe(
      'user:default/ada',
    );
    expect(sessionStorage.getItem('ai-assurance.demo-user')).toBe(
      'user:default/ada',
    );

    await signedIn[0].signOut();
    expect(sessionStorage.getItem('ai-assurance.demo-user')).toBe(null);
  });

  it('does not ask again after a reload', async () => {
    authBackend(['user:default/mira']);
    sessionStorage.setItem('ai-assurance.demo-user', 'user:default/mira');
    const signedIn: IdentityApi[] = [];
    await render(identity => signedIn.push(identity));
    await waitFor(() => expect(signedIn.length).toBe(1));
    expect((await signedIn[0].getBackstageIdentity()).userEntityRef).toBe(
      'user:default/mira',
    );
  });

  it('asks again when the remembered person is no longer offered', async () => {
    authBackend([]);
    sessionStorage.setItem('ai-assurance.demo-user', 'user:default/eve');
    await render(() => {});
    expect(
      screen.getByRole('heading', { name: 'Who are you today?' }),
    ).toBeVisible();
  });

  it('says why somebody could not sign in, and lets one choose again', async () => {
    authBackend([]);
    await render(() => {});
    await userEvent.click(
      screen.getByRole('button', { name: 'Sign in as Mira Solberg' }),
    );
    expect(
      await screen.findByText('Mira Solberg could not sign in'),
    ).toBeVisible();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Choose somebody else' }),
    );
    expect(
      screen.getByRole('heading', { name: 'Who are you today?' }),
    ).toBeVisible();
    expect(sessionStorage.getItem('ai-assurance.demo-user')).toBe(null);
  });
});
