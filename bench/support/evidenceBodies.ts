/** Batches of CloudEvents as a pipeline would push them. No two items have the same id, as long as no two makers have the same prefix. */
export function evidenceBodies(
  itemCount: number,
  idPrefix: string = 'build-',
): {
  itemCount: number;
  byteCount: number;
  next: () => Buffer;
} {
  const collectedAt = new Date().toISOString();
  let number = 0;
  const item = () => {
    number += 1;
    return {
      specversion: '1.0',
      id: `${idPrefix}${number}`,
      source: 'https://ci.example.com/digit-reader',
      type: 'io.ai-assurance.artifact.v1',
      subject: 'resource:default/digit-reader-edge',
      time: collectedAt,
      datacontenttype: 'application/json',
      data: {
        envelope: {
          sourceSystem: 'ci.example.com',
          asked: 'the files of the build',
          collector: { id: 'ci-step', version: '1.4.2' },
          subjectVersion: `1.${number}.0`,
          subjectDigest: `sha256:${number.toString(16).padStart(64, '0')}`,
          collectedAt,
        },
        payload: {
          version: `1.${number}.0`,
          digest: `sha256:${number.toString(16).padStart(64, '0')}`,
          sizeBytes: 31_254,
          format: 'onnx',
          precision: 'int8',
        },
      },
    };
  };
  const next = () =>
    Buffer.from(JSON.stringify(Array.from({ length: itemCount }, item)));
  return { itemCount, byteCount: next().length, next };
}
