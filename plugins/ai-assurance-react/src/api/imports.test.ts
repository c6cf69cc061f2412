import { AiAssuranceClient } from './AiAssuranceClient';

function clientThatCalls(
  fetch: (url: string, init?: RequestInit) => Promise<Response>,
) {
  return new AiAssuranceClient({
    discoveryApi: { getBaseUrl: async () => 'http://portal.test/api' },
    fetchApi: { fetch: (url, init) => fetch(String(url), init) },
  });
}
const answering = (body: unknown) =>
  ({ ok: true, status: 200, json: async () => body } as Response);

describe('imports and evaluations of the client', () => {
  it('sends the very bytes of the file, with what is stated and nothing that is not', async () => {
    const calls: unknown[] = [];
    const file = new Blob(['{"a": 1}']);
    const client = clientThatCalls(async (url, init) => {
      calls.push([url, init?.method, init?.headers, init?.body === file]);
      return answering({ items: [] });
    });
    await client.importReport(
      'garak',
      {
        subject: 'resource:default/reader',
        subjectVersion: '2',
        datasetId: undefined,
      },
      file,
    );
    expect(calls).toEqual([
      [
        'http://portal.test/api/imports/garak?subject=resource%3Adefault%2Freader&subjectVersion=2',
        'POST',
        { 'content-type': 'application/octet-stream' },
        true,
      ],
    ]);
  });

  it('asks for evaluations of then', async () => {
    const urls: string[] = [];
    const client = clientThatCalls(async url => {
      urls.push(url);
      return answering({});
    });
    await client.getEvaluations('resource:default/reader', {
      asOf: '2026-11-22T10:00:00Z',
    });
    await client.listImportFormats();
    expect(urls).toEqual([
      'http://portal.test/api/subjects/resource/default/reader/evaluations?asOf=2026-11-22T10%3A00%3A00Z',
      'http://portal.test/api/imports',
    ]);
  });
});
