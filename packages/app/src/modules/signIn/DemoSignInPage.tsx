import { ProxiedSignInPage } from '@backstage/core-components';
import { IdentityApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { SignInPageProps } from '@backstage/plugin-app-react';
import {
  Alert,
  Avatar,
  Box,
  Button,
  Card,
  CardBody,
  Container,
  Flex,
  Text,
} from '@backstage/ui';
import { useState } from 'react';
import { Logo } from '../nav/Logo';
import { chosenUser } from './chosenUser';
import { DemoUser } from './readDemoUsers';
import { signInTranslationRef } from './translation';

interface DemoSignInPageProps extends SignInPageProps {
  users: DemoUser[];
}

/** Lets somebody choose whom to be. Remembers the choice for this tab until they sign out. */
export function DemoSignInPage({
  users,
  onSignInSuccess,
}: DemoSignInPageProps) {
  const [chosen, setChosen] = useState(() =>
    users.find(user => user.entityRef === chosenUser.get()),
  );
  // Counts attempts, so that trying again starts anew.
  const [attempt, setAttempt] = useState(0);

  if (!chosen) {
    return (
      <ChooseUser
        users={users}
        onChoose={user => {
          chosenUser.set(user.entityRef);
          setChosen(user);
        }}
      />
    );
  }
  return (
    <ProxiedSignInPage
      key={attempt}
      provider="demo"
      headers={{ 'x-demo-user': chosen.entityRef }}
      onSignInSuccess={identity => onSignInSuccess(forgetting(identity))}
      ErrorComponent={({ error }) => (
        <SignInRefused
          name={chosen.name}
          reason={error?.message ?? ''}
          onTryAgain={() => setAttempt(attempt + 1)}
          onChooseAgain={() => {
            chosenUser.forget();
            setChosen(undefined);
          }}
        />
      )}
    />
  );
}

function forgetting(identity: IdentityApi): IdentityApi {
  return {
    getProfileInfo: () => identity.getProfileInfo(),
    getBackstageIdentity: () => identity.getBackstageIdentity(),
    getCredentials: () => identity.getCredentials(),
    async signOut() {
      chosenUser.forget();
      await identity.signOut();
    },
  };
}

interface ChooseUserProps {
  users: DemoUser[];
  onChoose(user: DemoUser): void;
}

function ChooseUser({ users, onChoose }: ChooseUserProps) {
  const { t } = useTranslationRef(signInTranslationRef);
  return (
    <SignInFrame>
      <Flex direction="column" gap="1">
        <Text as="h1" variant="title-medium" weight="bold">
          {t('title')}
        </Text>
        <Text as="p" color="secondary">
          {t('explanation')}
        </Text>
      </Flex>
      {users.length === 0 ? (
        <Alert
          status="warning"
          icon
          title={t('noUsers')}
          description={t('noUsersHint')}
        />
      ) : null}
      <Flex direction="column" gap="3">
        {users.map(user => (
          <Card key={user.entityRef}>
            <CardBody>
              <Flex align="center" gap="4">
                <Avatar
                  src=""
                  name={user.name}
                  size="large"
                  purpose="decoration"
                />
                <Flex direction="column" gap="0.5" style={{ flex: 1 }}>
                  <Text weight="bold">{user.name}</Text>
                  <Text color="secondary">{user.role}</Text>
                </Flex>
                <Button
                  variant="secondary"
                  aria-label={t('signInAs', { name: user.name })}
                  onPress={() => onChoose(user)}
                >
                  {t('signIn')}
                </Button>
              </Flex>
            </CardBody>
          </Card>
        ))}
      </Flex>
    </SignInFrame>
  );
}

interface SignInRefusedProps {
  name: string;
  reason: string;
  onTryAgain(): void;
  onChooseAgain(): void;
}

function SignInRefused(props: SignInRefusedProps) {
  const { t } = useTranslationRef(signInTranslationRef);
  return (
    <SignInFrame>
      <Alert
        status="danger"
        icon
        title={t('refused', { name: props.name })}
        description={`${props.reason} ${t('refusedHint')}`}
      />
      <Flex gap="3">
        <Button variant="primary" onPress={props.onTryAgain}>
          {t('tryAgain')}
        </Button>
        <Button variant="secondary" onPress={props.onChooseAgain}>
          {t('chooseAgain')}
        </Button>
      </Flex>
    </SignInFrame>
  );
}

function SignInFrame({ children }: { children: React.ReactNode }) {
  return (
    <Box
      as="main"
      style={{ minHeight: '100vh', background: 'var(--bui-bg-app)' }}
    >
      <Container>
        <Flex
          direction="column"
          gap="6"
          style={{ maxWidth: 640, margin: '0 auto', padding: '8vh 0 48px' }}
        >
          <Box style={{ color: 'var(--bui-fg-primary)' }}>
            <Logo isFull />
          </Box>
          {children}
        </Flex>
      </Container>
    </Box>
  );
}
