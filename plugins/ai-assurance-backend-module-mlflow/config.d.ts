import { HumanDuration } from '@backstage/types';

export interface Config {
  aiAssurance?: {
    /** Collects evidence from an MLflow model registry. Inactive without it. */
    mlflow?: {
      /** Where MLflow is: the part before `/api/2.0/mlflow`, for example `https://mlflow.example.com`. */
      baseUrl: string;
      auth?: {
        type: 'bearer' | 'basic' | 'header';
        /**
         * For `bearer`.
         * @visibility secret
         */
        token?: string;
        /** For `basic`. */
        username?: string;
        /**
         * For `basic`.
         * @visibility secret
         */
        password?: string;
        /** For `header`: its name. */
        name?: string;
        /**
         * For `header`: its value.
         * @visibility secret
         */
        value?: string;
      };
      /** Longest wait for one answer. Default 20 seconds. */
      timeout?: HumanDuration | string;
      /** Largest answer that is read, in bytes. Default 8 MiB. */
      maxAnswerBytes?: number;
      /** Tags of model versions that become evidence. No other tag does: tags may hold free text. */
      tags?: {
        /** Tag that holds the SHA-256 of the artifact, as 64 hex digits with or without `sha256:`. */
        digest?: string;
        /** Tag that holds its size in bytes. With digest, size and format a version is stated as an artifact too. */
        sizeBytes?: string;
        /** Tag that holds its format, for example `onnx`. */
        format?: string;
        /** Tag that holds its precision, for example `int8`. */
        precision?: string;
        /** Other tags to keep with the version, at most 50. */
        keep?: string[];
      };
    };
  };
}
