import { useUrlState } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { Page } from '../shared/Page';
import { ReleaseList } from './ReleaseList';
import { ReleaseView } from './ReleaseView';
import { WaitingSentence } from './WaitingSentence';

/** The inbox of releases, or the one that the URL names. */
export function ReleasesPage() {
  const [url, setUrl] = useUrlState({ release: '' });
  return (
    <Page canLookBack>
      {url.release === '' ? (
        <>
          <WaitingSentence />
          <ReleaseList
            onOpen={release => setUrl({ release }, { push: true })}
          />
        </>
      ) : (
        <ReleaseView
          releaseId={url.release}
          onBack={() => setUrl({ release: '' }, { push: true })}
        />
      )}
    </Page>
  );
}
